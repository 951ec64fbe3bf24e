package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RegistrationKeyId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key for inference. The key itself is never stored.
 *
 * @param hash HMAC-SHA-256 of the whole key under the pepper {@code pepperVersion}
 * @param rootGroupId root of the group's tree
 * @param expiresAt null never
 * @param models subset of the group's slugs the key may call; null all
 * @param allowedAddresses CIDR blocks the key may come from; empty any
 * @param allowedTimes when the key may be used; null always
 * @param registeredUnder the registration key whose owner made this key; null for a minted one
 */
public record ApiKey(
        KeyPrefix prefix,
        GroupId groupId,
        GroupId rootGroupId,
        @Nullable String name,
        byte[] hash,
        int pepperVersion,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable List<String> models,
        List<String> allowedAddresses,
        @Nullable WeeklyTimes allowedTimes,
        @Nullable RegistrationKeyId registeredUnder)
        implements Resource {
    public ApiKey {
        models = models == null ? null : List.copyOf(models);
        allowedAddresses = List.copyOf(allowedAddresses);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.API_KEY;
    }

    @Override
    public String resourceId() {
        return prefix.value();
    }
}
