package dev.turnpike.schemas.id;

import java.time.Instant;
import java.util.Optional;

/**
 * Identity of one adjustment of a bill.
 *
 * @param value {@code adj_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record AdjustmentId(String value) {
    private static final String PREFIX = "adj_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public AdjustmentId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a adj id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static AdjustmentId ofUlid(String ulid) {
        return new AdjustmentId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<AdjustmentId> parse(String text) {
        return UlidShape.matches(PREFIX, text)
                ? Optional.of(new AdjustmentId(text))
                : Optional.empty();
    }

    /** When it was drawn, to the millisecond. */
    public Instant drawnAt() {
        return UlidShape.time(PREFIX, value);
    }

    /** The ULID without its prefix. */
    public String ulid() {
        return value.substring(PREFIX.length());
    }

    @Override
    public String toString() {
        return value;
    }
}
