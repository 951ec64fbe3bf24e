package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * Identity of one management fact.
 *
 * @param value {@code evt_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record EventId(String value) {
    private static final String PREFIX = "evt_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public EventId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a evt id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static EventId ofUlid(String ulid) {
        return new EventId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<EventId> parse(String text) {
        return UlidShape.matches(PREFIX, text) ? Optional.of(new EventId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
