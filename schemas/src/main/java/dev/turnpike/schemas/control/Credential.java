package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.CredentialId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A provider's secret, sealed.
 *
 * @param sealed the secret under an envelope key; its associated data is {@code
 *     credential|id|version}
 * @param fingerprint first 12 hex digits of an HMAC of the secret, to tell two secrets apart
 * @param region where it may be used, null anywhere
 * @param version counts rotations, from 1
 */
public record Credential(
        CredentialId id,
        String name,
        @Nullable String region,
        byte[] sealed,
        String fingerprint,
        Instant createdAt,
        Instant updatedAt,
        long version)
        implements Resource {
    @Override
    public ResourceKind kind() {
        return ResourceKind.CREDENTIAL;
    }

    @Override
    public String resourceId() {
        return id.value();
    }
}
