package dev.turnpike.schemas.control;

import java.time.Instant;

/**
 * What an {@code Idempotency-Key} was used for, so that a retry repeats the reply.
 *
 * @param key hex of a keyed hash of actor, route and {@code Idempotency-Key}
 * @param bodyHash SHA-256 of the request body
 * @param resourceStateKey state key of the resource that was created or changed
 * @param expiresAt until when a retry is recognised
 */
public record IdempotencyRecord(
        String key, byte[] bodyHash, String resourceStateKey, Instant createdAt, Instant expiresAt)
        implements Resource {
    @Override
    public ResourceKind kind() {
        return ResourceKind.IDEMPOTENCY;
    }

    @Override
    public String resourceId() {
        return key;
    }
}
