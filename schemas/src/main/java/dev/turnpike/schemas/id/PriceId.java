package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * Identity of one price with its interval of validity.
 *
 * @param value {@code price_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record PriceId(String value) {
    private static final String PREFIX = "price_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public PriceId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a price id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static PriceId ofUlid(String ulid) {
        return new PriceId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<PriceId> parse(String text) {
        return UlidShape.matches(PREFIX, text) ? Optional.of(new PriceId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
