package dev.turnpike.schemas.id;

import java.time.Instant;
import java.util.Optional;

/**
 * Identity of one refusal, by which it can be explained.
 *
 * @param value {@code dec_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record DecisionId(String value) {
    private static final String PREFIX = "dec_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public DecisionId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a dec id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static DecisionId ofUlid(String ulid) {
        return new DecisionId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<DecisionId> parse(String text) {
        return UlidShape.matches(PREFIX, text)
                ? Optional.of(new DecisionId(text))
                : Optional.empty();
    }

    /** When it was drawn, to the millisecond. */
    public Instant drawnAt() {
        return UlidShape.time(PREFIX, value);
    }

    @Override
    public String toString() {
        return value;
    }
}
