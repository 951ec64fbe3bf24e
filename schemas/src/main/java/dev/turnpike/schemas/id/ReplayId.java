package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * Identity of one order to send events to a webhook again.
 *
 * @param value {@code rpl_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record ReplayId(String value) {
    private static final String PREFIX = "rpl_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public ReplayId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not an rpl id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static ReplayId ofUlid(String ulid) {
        return new ReplayId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<ReplayId> parse(String text) {
        return UlidShape.matches(PREFIX, text) ? Optional.of(new ReplayId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
