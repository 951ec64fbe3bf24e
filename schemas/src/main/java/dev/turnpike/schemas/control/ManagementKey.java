package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key for the management API; it never works for inference.
 *
 * @param hash HMAC-SHA-256 of the whole key under the pepper {@code pepperVersion}
 * @param groupId subtree the key is bound to, null for the whole installation
 * @param expiresAt null never
 */
public record ManagementKey(
        KeyPrefix prefix,
        String name,
        Role role,
        @Nullable GroupId groupId,
        byte[] hash,
        int pepperVersion,
        Instant createdAt,
        @Nullable Instant expiresAt)
        implements Resource {
    @Override
    public ResourceKind kind() {
        return ResourceKind.MANAGEMENT_KEY;
    }

    @Override
    public String resourceId() {
        return prefix.value();
    }
}
