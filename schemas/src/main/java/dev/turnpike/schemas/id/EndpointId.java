package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * Identity of an endpoint; it stays when the slug is renamed.
 *
 * @param value {@code ep_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record EndpointId(String value) {
    private static final String PREFIX = "ep_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public EndpointId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a ep id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static EndpointId ofUlid(String ulid) {
        return new EndpointId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<EndpointId> parse(String text) {
        return UlidShape.matches(PREFIX, text)
                ? Optional.of(new EndpointId(text))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
