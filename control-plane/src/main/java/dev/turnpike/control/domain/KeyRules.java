package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Command.MintApiKey;
import dev.turnpike.control.domain.Command.RevokeApiKey;
import dev.turnpike.control.domain.Command.RevokeManagementKey;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Role;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What holds for keys of both kinds. */
final class KeyRules {
    private KeyRules() {}

    static Decision mint(MintApiKey c, Ask ask, Image image, Bounds bounds) {
        var same = image.apiKey(c.prefix().value());
        if (same.isPresent()) {
            return Arrays.equals(same.get().hash(), c.hash())
                    ? Decision.unchanged(same.get())
                    : Decision.reject(Rule.ID_TAKEN);
        }
        var group = image.group(c.groupId().value());
        if (group.isEmpty()) {
            return Decision.reject(Rule.ABSENT);
        }
        if (image.count(Listing.keysOf(c.groupId().value())) >= bounds.keysPerGroupMax()) {
            return Decision.reject(Rule.TOO_MANY);
        }
        if (expired(c.expiresAt(), ask)) {
            return Decision.reject(Rule.KEY_EXPIRED, "expires_at");
        }
        int unknown = firstNotGranted(c.models(), group.get());
        if (unknown >= 0) {
            return Decision.reject(Rule.KEY_MODEL_UNKNOWN, "models[" + unknown + "]");
        }
        return Decision.one(FactDraft.created(apiKey(c, ask, group.get())));
    }

    private static ApiKey apiKey(MintApiKey c, Ask ask, Group group) {
        return new ApiKey(
                c.prefix(),
                group.id(),
                group.rootGroupId(),
                c.name(),
                c.hash(),
                c.pepperVersion(),
                ask.at(),
                c.expiresAt(),
                c.models(),
                c.allowedAddresses());
    }

    static Decision revoke(RevokeApiKey c, Ask ask, Image image) {
        var key =
                image.apiKey(c.prefix().value())
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
        if (image.count(Listing.all(ResourceKind.MANAGEMENT_KEY)) >= bounds.managementKeysMax()) {
            return Decision.reject(Rule.TOO_MANY);
        }
        if (expired(c.expiresAt(), ask)) {
            return Decision.reject(Rule.KEY_EXPIRED, "expires_at");
        }
        // Roles of a subtree are for people; what a key of theirs may see is not built yet.
        if (c.role() == Role.TENANT_ADMIN || c.role() == Role.MEMBER) {
            return Decision.reject(Rule.ROLE_UNFIT, "role");
        }
        if (c.groupId() != null) {
            return Decision.reject(Rule.ROLE_UNFIT, "group_id");
        }
        return Decision.one(
                FactDraft.created(
                        new ManagementKey(
                                c.prefix(),
                                c.name(),
                                c.role(),
                                c.groupId(),
                                c.hash(),
                                c.pepperVersion(),
                                ask.at(),
                                c.expiresAt())));
    }

    static Decision revoke(RevokeManagementKey c, Ask ask, Image image) {
        return Decider.existing(
                image.managementKey(c.prefix().value()),
                ask,
                key ->
                        lasting(key) && lastingOwners(image) == 1
                                ? Decision.reject(Rule.LAST_OWNER)
                                : Decision.one(FactDraft.revoked(key)));
    }

    private static long lastingOwners(Image image) {
        return image.list(Listing.all(ResourceKind.MANAGEMENT_KEY), null)
                .filter(KeyRules::lasting)
                .count();
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
