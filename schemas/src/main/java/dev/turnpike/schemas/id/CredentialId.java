package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * Identity of a stored provider credential; it stays when the secret is rotated.
 *
 * @param value {@code cred_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record CredentialId(String value) {
    private static final String PREFIX = "cred_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public CredentialId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a cred id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static CredentialId ofUlid(String ulid) {
        return new CredentialId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<CredentialId> parse(String text) {
        return UlidShape.matches(PREFIX, text)
                ? Optional.of(new CredentialId(text))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
