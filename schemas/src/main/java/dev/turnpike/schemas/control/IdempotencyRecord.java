package dev.turnpike.schemas.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code Idempotency-Key} was used for, so that a retry repeats the reply.
 *
 * @param key hex of a keyed hash of actor, route and {@code Idempotency-Key}
 * @param bodyHash keyed hash of the request body, which may hold secrets
 * @param resourceStateKey state key of the resource that was created or changed; empty for one of
 *     none or many; that of this record itself for several changes made together
 * @param expiresAt until when a retry is recognised
 * @param nonce drawn for this use; secrets are derived from it and the key, so a later use of the
 *     same key gets other ones. Null in records from before it existed
 * @param reply the reply as JSON without secrets, where it cannot be made from a resource again
 */
public record IdempotencyRecord(
        String key,
        byte[] bodyHash,
        String resourceStateKey,
        Instant createdAt,
        Instant expiresAt,
        byte @Nullable [] nonce,
        @Nullable String reply)
        implements Resource {
    /** Whether it is about several changes that were made together. */
    public boolean ofMany() {
        return resourceStateKey.equals(stateKey());
    }

    /** The same with the reply forgotten. */
    public IdempotencyRecord withoutReply() {
        return new IdempotencyRecord(
                key, bodyHash, resourceStateKey, createdAt, expiresAt, nonce, null);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.IDEMPOTENCY;
    }

    @Override
    public String resourceId() {
        return key;
    }
}
