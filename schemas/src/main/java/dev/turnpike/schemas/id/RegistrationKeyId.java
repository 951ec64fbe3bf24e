package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * Identity of a public key under which an operator's own keys are registered.
 *
 * @param value {@code rk_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record RegistrationKeyId(String value) {
    private static final String PREFIX = "rk_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public RegistrationKeyId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a registration key id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static RegistrationKeyId ofUlid(String ulid) {
        return new RegistrationKeyId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<RegistrationKeyId> parse(String text) {
        return UlidShape.matches(PREFIX, text)
                ? Optional.of(new RegistrationKeyId(text))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
