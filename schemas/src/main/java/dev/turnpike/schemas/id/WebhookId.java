package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * Identity of a webhook registered by the operator.
 *
 * @param value {@code wh_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record WebhookId(String value) {
    private static final String PREFIX = "wh_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public WebhookId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a wh id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static WebhookId ofUlid(String ulid) {
        return new WebhookId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<WebhookId> parse(String text) {
        return UlidShape.matches(PREFIX, text)
                ? Optional.of(new WebhookId(text))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
