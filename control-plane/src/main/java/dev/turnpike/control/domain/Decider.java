package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.Adjust;
import dev.turnpike.control.domain.Command.CreateCredential;
import dev.turnpike.control.domain.Command.CreateDomain;
import dev.turnpike.control.domain.Command.CreateEndpoint;
import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Command.CreateRegistrationKey;
import dev.turnpike.control.domain.Command.CreateWebhook;
import dev.turnpike.control.domain.Command.DeleteCredential;
import dev.turnpike.control.domain.Command.DeleteDomain;
import dev.turnpike.control.domain.Command.DeleteEndpoint;
import dev.turnpike.control.domain.Command.DeleteGroup;
import dev.turnpike.control.domain.Command.DeletePrefix;
import dev.turnpike.control.domain.Command.DeleteRegistrationKey;
import dev.turnpike.control.domain.Command.DeleteWebhook;
import dev.turnpike.control.domain.Command.DisableWebhook;
import dev.turnpike.control.domain.Command.MintApiKey;
import dev.turnpike.control.domain.Command.RegisterApiKey;
import dev.turnpike.control.domain.Command.RegisterPrefix;
import dev.turnpike.control.domain.Command.ReplayWebhook;
import dev.turnpike.control.domain.Command.RevokeApiKey;
import dev.turnpike.control.domain.Command.RevokeManagementKey;
import dev.turnpike.control.domain.Command.RotateCertificate;
import dev.turnpike.control.domain.Command.RotateCredential;
import dev.turnpike.control.domain.Command.RotateWebhookSecret;
import dev.turnpike.control.domain.Command.SetPrices;
import dev.turnpike.control.domain.Command.UpdateDomain;
import dev.turnpike.control.domain.Command.UpdateEndpoint;
import dev.turnpike.control.domain.Command.UpdateGroup;
import dev.turnpike.control.domain.Command.UpdateWebhook;
import dev.turnpike.schemas.control.Resource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The rules of management. Pure and total: the same arguments always give the same answer. A
 * command that has happened already (a creation whose id exists) changes nothing.
 */
public final class Decider {
    private final Bounds bounds;

    /**
     * @param bounds how large the installation may grow
     */
    public Decider(Bounds bounds) {
        this.bounds = bounds;
    }

    /** Decides whether a command may happen, and what then becomes true. */
    public Decision decide(Ask ask, Image image) {
        return switch (ask.command()) {
            case CreateEndpoint c -> unseen(ask, () -> EndpointRules.create(c, ask, image, bounds));
            case UpdateEndpoint c -> EndpointRules.update(c, ask, image);
            case DeleteEndpoint c -> existing(image.endpoint(c.id().value()), ask, Decider::delete);
            case CreateGroup c -> unseen(ask, () -> GroupRules.create(c, ask, image, bounds));
            case UpdateGroup c -> GroupRules.update(c, ask, image);
            case DeleteGroup c -> GroupDeletion.delete(c, ask, image, bounds);
            case MintApiKey c -> unseen(ask, () -> KeyRules.mint(c, ask, image, bounds));
            case RegisterApiKey c -> unseen(ask, () -> KeyRules.register(c, ask, image, bounds));
            case RevokeApiKey c -> KeyRules.revoke(c, ask, image);
            case CreateCredential c ->
                    unseen(ask, () -> CredentialRules.create(c, ask, image, bounds));
            case RotateCredential c -> CredentialRules.rotate(c, ask, image);
            case DeleteCredential c -> CredentialRules.delete(c, ask, image);
            case CreateWebhook c -> unseen(ask, () -> WebhookRules.create(c, ask, image, bounds));
            case UpdateWebhook c -> WebhookRules.update(c, ask, image);
            case RotateWebhookSecret c -> WebhookRules.rotate(c, ask, image);
            case DisableWebhook c -> WebhookRules.disable(c, ask, image);
            case ReplayWebhook c -> ReplayRules.give(c, ask, image);
            case DeleteWebhook c -> existing(image.webhook(c.id().value()), ask, Decider::delete);
            case CreateManagementKey c -> unseen(ask, () -> KeyRules.create(c, ask, image, bounds));
            case RevokeManagementKey c -> KeyRules.revoke(c, ask, image);
            case CreateRegistrationKey c ->
                    unseen(ask, () -> RegistrationKeyRules.create(c, ask, image, bounds));
            case DeleteRegistrationKey c ->
                    existing(image.registrationKey(c.id().value()), ask, Decider::delete);
            case Adjust c -> unseen(ask, () -> AdjustmentRules.make(c, ask, image, bounds));
            case RegisterPrefix c -> unseen(ask, () -> PrefixRules.register(c, ask, image, bounds));
            case DeletePrefix c -> PrefixRules.delete(c, ask, image);
            case CreateDomain c -> unseen(ask, () -> DomainRules.create(c, ask, image, bounds));
            case UpdateDomain c -> DomainRules.update(c, ask, image);
            case RotateCertificate c -> DomainRules.rotate(c, ask, image);
            case DeleteDomain c -> existing(image.domain(c.host()), ask, Decider::delete);
            case SetPrices c -> PriceRules.set(c, ask, image, bounds);
        };
    }

    /** Applies a rule to a resource that must exist in the version the asker has seen. */
    static <R extends Resource> Decision existing(
            Optional<R> found, Ask ask, Function<R, Decision> rule) {
        if (found.isEmpty()) {
            return Decision.reject(Rule.ABSENT);
        }
        var resource = found.get();
        var expected = ask.expectedVersion();
        if (expected.isPresent() && expected.getAsLong() != Versions.of(resource)) {
            return Decision.reject(Rule.STALE);
        }
        return rule.apply(resource);
    }

    /** Applies a rule that makes something new, of which nobody can have seen a version. */
    private static Decision unseen(Ask ask, Supplier<Decision> rule) {
        return ask.expectedVersion().isPresent() ? Decision.reject(Rule.STALE) : rule.get();
    }

    /** A change that may turn out to change nothing. */
    static <R extends Resource> Decision changed(R before, R same, R after) {
        return before.equals(same)
                ? Decision.unchanged(before)
                : Decision.one(FactDraft.updated(before, after));
    }

    private static Decision delete(Resource resource) {
        return Decision.one(FactDraft.deleted(resource));
    }
}
