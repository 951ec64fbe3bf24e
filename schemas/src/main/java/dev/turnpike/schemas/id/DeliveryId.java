package dev.turnpike.schemas.id;

import java.util.Optional;
import java.util.UUID;

/**
 * Identity of one webhook delivery, the same on all of its attempts.
 *
 * @param value {@code dlv_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record DeliveryId(String value) {
    private static final String PREFIX = "dlv_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public DeliveryId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a dlv id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static DeliveryId ofUlid(String ulid) {
        return new DeliveryId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<DeliveryId> parse(String text) {
        return UlidShape.matches(PREFIX, text)
                ? Optional.of(new DeliveryId(text))
                : Optional.empty();
    }

    /** The identity as a UUID, of version 7 and with the time of the ULID. */
    public UUID uuid() {
        return UlidShape.uuid(PREFIX, value);
    }

    @Override
    public String toString() {
        return value;
    }
}
