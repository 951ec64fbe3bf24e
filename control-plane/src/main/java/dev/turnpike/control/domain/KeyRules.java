package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Command.KeyTerms;
import dev.turnpike.control.domain.Command.MintApiKey;
import dev.turnpike.control.domain.Command.RegisterApiKey;
import dev.turnpike.control.domain.Command.RevokeApiKey;
import dev.turnpike.control.domain.Command.RevokeManagementKey;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RegistrationKeyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What holds for keys of both kinds. */
final class KeyRules {
    private KeyRules() {}

    static Decision mint(MintApiKey c, Ask ask, Image image, Bounds bounds) {
        var same = image.apiKey(c.prefix().value());
        if (same.isPresent()) {
            return Arrays.equals(same.get().hash(), c.terms().hash())
                    ? Decision.unchanged(same.get())
                    : Decision.reject(Rule.ID_TAKEN);
        }
        return create(c.prefix(), c.groupId(), c.terms(), null, new Context(ask, image, bounds));
    }

    /** The same key twice is refused too: who registers it again does not know of the first. */
    static Decision register(RegisterApiKey c, Ask ask, Image image, Bounds bounds) {
        if (image.registrationKey(c.signedUnder().value()).isEmpty()) {
            return Decision.reject(Rule.SIGNER_GONE);
        }
        if (image.apiKey(c.prefix().value()).isPresent()
                || image.managementKey(c.prefix().value()).isPresent()) {
            return Decision.reject(Rule.PREFIX_TAKEN, "key");
        }
        var within = new Context(ask, image, bounds);
        return create(c.prefix(), c.groupId(), c.terms(), c.signedUnder(), within);
    }

    /** What a key is decided in. */
    private record Context(Ask ask, Image image, Bounds bounds) {}

    private static Decision create(
            KeyPrefix prefix,
            GroupId groupId,
            KeyTerms terms,
            @Nullable RegistrationKeyId signedUnder,
            Context within) {
        var image = within.image();
        var group = within.ask().by().group(image, groupId.value());
        if (group.isEmpty()) {
            return Decision.reject(Rule.ABSENT);
        }
        if (expired(terms.expiresAt(), within.ask())) {
            return Decision.reject(Rule.KEY_EXPIRED, "expires_at");
        }
        int unknown = firstNotGranted(terms.models(), group.get());
        if (unknown >= 0) {
            return Decision.reject(Rule.KEY_MODEL_UNKNOWN, "models[" + unknown + "]");
        }
        int max = within.bounds().keysPerGroupMax();
        return KeyRoom.in(image, Listing.keysOf(groupId.value()), max, within.ask().at())
                .map(room ->
                        made(
                                new ApiKey(
                                        prefix,
                                        groupId,
                                        group.get().rootGroupId(),
                                        terms.name(),
                                        terms.hash(),
                                        terms.pepperVersion(),
                                        within.ask().at(),
                                        terms.expiresAt(),
                                        terms.models(),
                                        terms.allowedAddresses(),
                                        terms.allowedTimes(),
                                        signedUnder),
                                room))
                .orElseGet(() -> Decision.full("A group", max, "API keys that have not expired"));
    }

    private static Decision made(Resource key, List<FactDraft> room) {
        var facts = new ArrayList<FactDraft>();
        facts.add(FactDraft.created(key));
        facts.addAll(room);
        return new Decision.Accepted(facts, key);
    }

    static Decision revoke(RevokeApiKey c, Ask ask, Image image) {
        var key =
                ask.by()
                        .apiKey(image, c.prefix().value())
                        .filter(found -> found.groupId().equals(c.groupId()));
        return Decider.existing(key, ask, found -> Decision.one(FactDraft.revoked(found)));
    }

    static Decision create(CreateManagementKey c, Ask ask, Image image, Bounds bounds) {
        var same = image.managementKey(c.prefix().value());
        if (same.isPresent()) {
            return Arrays.equals(same.get().hash(), c.hash())
                    ? Decision.unchanged(same.get())
                    : Decision.reject(Rule.ID_TAKEN);
        }
        if (expired(c.expiresAt(), ask)) {
            return Decision.reject(Rule.KEY_EXPIRED, "expires_at");
        }
        var beyond = beyond(c, ask, image);
        if (beyond.isPresent()) {
            return beyond.get();
        }
        var key =
                new ManagementKey(
                        c.prefix(),
                        c.name(),
                        c.role(),
                        c.groupId(),
                        c.hash(),
                        c.pepperVersion(),
                        ask.at(),
                        c.expiresAt());
        var group = c.groupId();
        return group == null
                ? unbound(key, image, bounds.managementKeysMax())
                : bound(key, group, image, bounds.managementKeysPerGroupMax());
    }

    private static Decision unbound(ManagementKey key, Image image, int max) {
        return KeyRoom.in(image, Listing.unboundManagementKeys(), max, key.createdAt())
                .map(room -> made(key, room))
                .orElseGet(() ->
                        Decision.full(
                                "An installation",
                                max,
                                "management keys that have not expired and are bound to no group"));
    }

    private static Decision bound(ManagementKey key, GroupId group, Image image, int max) {
        return KeyRoom.in(image, Listing.managementKeysOf(group.value()), max, key.createdAt())
                .map(room -> made(key, room))
                .orElseGet(() ->
                        Decision.full("A group", max, "management keys that have not expired"));
    }

    /** The first rule about roles that a new key breaks. */
    private static Optional<Decision> beyond(CreateManagementKey c, Ask ask, Image image) {
        boolean ofTenant = c.role() == Role.TENANT_ADMIN || c.role() == Role.MEMBER;
        var group = c.groupId();
        if (ofTenant && group == null) {
            return Optional.of(Decision.reject(Rule.ROLE_BOUND, "group_id"));
        }
        if (!ask.by().mayGive(c.role())) {
            return Optional.of(Decision.reject(Rule.ROLE_STRONGER, "role"));
        }
        if (!ofTenant && group != null) {
            return Optional.of(Decision.reject(Rule.ROLE_UNBOUND, "group_id"));
        }
        if (group != null && ask.by().group(image, group.value()).isEmpty()) {
            return Optional.of(Decision.reject(Rule.GROUP_UNKNOWN, "group_id"));
        }
        return ask.by().outlivedBy(c.expiresAt())
                ? Optional.of(Decision.reject(Rule.KEY_OUTLIVES, "expires_at"))
                : Optional.empty();
    }

    static Decision revoke(RevokeManagementKey c, Ask ask, Image image) {
        return Decider.existing(
                ask.by().managementKey(image, c.prefix().value()),
                ask,
                key -> revoke(key, ask, image));
    }

    private static Decision revoke(ManagementKey key, Ask ask, Image image) {
        if (!ask.by().mayGive(key.role())) {
            return Decision.reject(Rule.ROLE_STRONGER);
        }
        return lasting(key) && lastingOwners(image) == 1
                ? Decision.reject(Rule.LAST_OWNER)
                : Decision.one(FactDraft.revoked(key));
    }

    private static long lastingOwners(Image image) {
        return image.list(Listing.unboundManagementKeys(), null).filter(KeyRules::lasting).count();
    }

    private static boolean lasting(Resource resource) {
        return resource instanceof ManagementKey key
                && key.role() == Role.OWNER
                && key.expiresAt() == null;
    }

    private static boolean expired(@Nullable Instant expiresAt, Ask ask) {
        return expiresAt != null && !expiresAt.isAfter(ask.at());
    }

    private static int firstNotGranted(@Nullable List<String> wanted, Group group) {
        if (wanted == null) {
            return -1;
        }
        for (int i = 0; i < wanted.size(); i++) {
            var slug = wanted.get(i);
            if (group.models().stream().noneMatch(model -> model.slug().equals(slug))) {
                return i;
            }
        }
        return -1;
    }
}
