package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.DomainCertificate;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.control.WeeklyTimes;
import dev.turnpike.schemas.id.CredentialId;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.id.RegistrationKeyId;
import dev.turnpike.schemas.id.ReplayId;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.unit.TokenRate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks for. Commands that create carry the new id, and secrets come hashed or
 * sealed, so deciding needs nothing but the image. The shape of every field has been checked;
 * whether it fits the other resources has not.
 */
public sealed interface Command {
    /** Publishes a model. */
    record CreateEndpoint(
            EndpointId id,
            Slug slug,
            List<Target> targets,
            String region,
            boolean forwardMetadata,
            FailureCharge failureCharge,
            ErrorDetail errorDetail)
            implements Command {
        public CreateEndpoint {
            targets = List.copyOf(targets);
        }
    }

    /** Changes what is present and leaves the rest. */
    record UpdateEndpoint(
            EndpointId id,
            Optional<Slug> slug,
            Optional<List<Target>> targets,
            Optional<String> region,
            Optional<Boolean> forwardMetadata,
            Optional<FailureCharge> failureCharge,
            Optional<ErrorDetail> errorDetail)
            implements Command {}

    record DeleteEndpoint(EndpointId id) implements Command {}

    /**
     * @param limitEnforcement null takes the parent's, or INDEPENDENT for a root
     * @param parentGroupId null makes a root
     */
    record CreateGroup(
            GroupId id,
            String externalEntityId,
            @Nullable String name,
            List<ModelAccess> models,
            @Nullable LimitEnforcement limitEnforcement,
            @Nullable GroupId parentGroupId)
            implements Command {
        public CreateGroup {
            models = List.copyOf(models);
        }
    }

    /** Changes what is present and leaves the rest. */
    record UpdateGroup(GroupId id, Optional<Rename> name, Optional<List<ModelAccess>> models)
            implements Command {}

    /**
     * A new name.
     *
     * @param to null clears the name
     */
    record Rename(@Nullable String to) {}

    /** Deletes a group, every descendant and all their keys. */
    record DeleteGroup(GroupId id) implements Command {}

    /**
     * A key for inference, as wished for.
     *
     * @param expiresAt null never
     * @param models subset of the group's slugs, null all
     * @param allowedTimes null always
     */
    record KeyTerms(
            @Nullable String name,
            byte[] hash,
            int pepperVersion,
            @Nullable Instant expiresAt,
            @Nullable List<String> models,
            List<String> allowedAddresses,
            @Nullable WeeklyTimes allowedTimes) {
        public KeyTerms {
            models = models == null ? null : List.copyOf(models);
            allowedAddresses = List.copyOf(allowedAddresses);
        }
    }

    /** Creates a key that was generated here. */
    record MintApiKey(KeyPrefix prefix, GroupId groupId, KeyTerms terms) implements Command {}

    /**
     * Takes in a key of the operator's own making.
     *
     * @param signedUnder the registration key that the request's signature was verified with
     */
    record RegisterApiKey(
            KeyPrefix prefix, GroupId groupId, KeyTerms terms, RegistrationKeyId signedUnder)
            implements Command {}

    record RevokeApiKey(GroupId groupId, KeyPrefix prefix) implements Command {}

    /**
     * @param sealed the secret, sealed for version 1
     */
    record CreateCredential(
            CredentialId id,
            String name,
            @Nullable String region,
            byte[] sealed,
            String fingerprint)
            implements Command {}

    /**
     * @param sealed the new secret, sealed for {@code version}
     * @param version one more than the current one
     */
    record RotateCredential(CredentialId id, byte[] sealed, String fingerprint, long version)
            implements Command {}

    record DeleteCredential(CredentialId id) implements Command {}

    /**
     * @param sealedSecret the signing secret, sealed for serial 1
     */
    record CreateWebhook(
            WebhookId id,
            String url,
            @Nullable String description,
            List<GroupId> groupIds,
            List<String> eventTypes,
            boolean enabled,
            byte[] sealedSecret)
            implements Command {
        public CreateWebhook {
            groupIds = List.copyOf(groupIds);
            eventTypes = List.copyOf(eventTypes);
        }
    }

    /** Changes what is present and leaves the rest. */
    record UpdateWebhook(
            WebhookId id,
            Optional<String> url,
            Optional<Rename> description,
            Optional<List<GroupId>> groupIds,
            Optional<List<String>> eventTypes,
            Optional<Boolean> enabled)
            implements Command {}

    /**
     * @param serial one more than the current secret's
     * @param overlap how long the current secret stays valid
     */
    record RotateWebhookSecret(WebhookId id, byte[] sealedSecret, long serial, Duration overlap)
            implements Command {}

    /**
     * Stops sending to a receiver that wants nothing any more.
     *
     * @param version only the version of the webhook that was sent to is disabled
     */
    record DisableWebhook(WebhookId id, long version, String reason) implements Command {}

    /**
     * Sends events to a webhook again.
     *
     * @param scheduled events that will be sent, as counted
     * @param exact whether all of them were counted
     */
    record ReplayWebhook(
            ReplayId id,
            WebhookId webhookId,
            WebhookReplay.Scope scope,
            long scheduled,
            boolean exact)
            implements Command {}

    record DeleteWebhook(WebhookId id) implements Command {}

    record CreateManagementKey(
            KeyPrefix prefix,
            String name,
            Role role,
            @Nullable GroupId groupId,
            byte[] hash,
            int pepperVersion,
            @Nullable Instant expiresAt)
            implements Command {}

    record RevokeManagementKey(KeyPrefix prefix) implements Command {}

    /**
     * @param publicKey 32 bytes, Ed25519
     * @param requireTimestamp whether signatures must cover time, method and path
     */
    record CreateRegistrationKey(
            RegistrationKeyId id, @Nullable String name, byte[] publicKey, boolean requireTimestamp)
            implements Command {}

    record DeleteRegistrationKey(RegistrationKeyId id) implements Command {}

    /**
     * Corrects a bill.
     *
     * @param adjustment as it is to be stored, but for the time of storing
     */
    record Adjust(Adjustment adjustment) implements Command {}

    /** Allows slugs to begin with this; from the first on no others may. */
    record RegisterPrefix(String prefix) implements Command {}

    record DeletePrefix(String prefix) implements Command {}

    /**
     * @param certificate of serial 1; null when TLS for the host is not ended here
     */
    record CreateDomain(String host, List<String> prefixes, @Nullable DomainCertificate certificate)
            implements Command {
        public CreateDomain {
            prefixes = List.copyOf(prefixes);
        }
    }

    record UpdateDomain(String host, List<String> prefixes) implements Command {
        public UpdateDomain {
            prefixes = List.copyOf(prefixes);
        }
    }

    /**
     * @param certificate its serial is one more than the current one's
     */
    record RotateCertificate(String host, DomainCertificate certificate) implements Command {}

    record DeleteDomain(String host) implements Command {}

    /** Makes the list of prices exactly this. */
    record SetPrices(List<PriceTerms> prices) implements Command {
        public SetPrices {
            prices = List.copyOf(prices);
        }
    }

    /** A price as wished for; see {@link dev.turnpike.schemas.control.Price} for the fields. */
    record PriceTerms(
            PriceId id,
            @Nullable String slug,
            @Nullable Provider provider,
            @Nullable String targetModel,
            TokenRate input,
            @Nullable TokenRate cachedInput,
            @Nullable TokenRate cacheWrite,
            TokenRate output,
            @Nullable TokenRate reasoning,
            Instant validFrom,
            @Nullable Instant validTo) {}
}
