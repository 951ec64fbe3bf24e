package dev.turnpike.schemas.control;

import dev.turnpike.schemas.id.EventId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Value of {@code turnpike.control.events}: one management fact. It carries all that is needed to
 * fold it; nothing is looked up. Exactly one of {@code before} and {@code after} may be null: a
 * creation has no before, a deletion no after.
 *
 * @param sequence counts the facts of the log without gap, from 1
 * @param at when the writer decided, by the writer's clock; order comes from the sequence
 * @param requestId of the HTTP request that caused it
 * @param action what happened, as in {@code group.created} or {@code credential.rotated}
 * @param previousHash hash of the fact before, 32 zero bytes for the first
 * @param hash SHA-256 over {@code previousHash} and this fact's encoding with an empty hash
 */
public record ControlEvent(
        long sequence,
        EventId id,
        Instant at,
        Actor actor,
        String requestId,
        String action,
        @Nullable Resource before,
        @Nullable Resource after,
        byte[] previousHash,
        byte[] hash) {
    /**
     * @throws IllegalArgumentException if there is neither a before nor an after
     */
    public ControlEvent {
        if (before == null && after == null) {
            throw new IllegalArgumentException("a fact changes something");
        }
    }

    /** The resource it is about: the new record, or the last one of a deletion. */
    public Resource subject() {
        if (after != null) {
            return after;
        }
        return Objects.requireNonNull(before);
    }
}
