package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.RegistrationKeyId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The public half of the key with which an operator signs the registration of keys of his own
 * making.
 *
 * @param publicKey 32 bytes, Ed25519
 * @param requireTimestamp whether a signature must also cover time, method and path
 */
public record RegistrationKey(
        RegistrationKeyId id,
        @Nullable String name,
        byte[] publicKey,
        boolean requireTimestamp,
        Instant createdAt)
        implements Resource {
    @Override
    public ResourceKind kind() {
        return ResourceKind.REGISTRATION_KEY;
    }

    @Override
    public String resourceId() {
        return id.value();
    }
}
