package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * Identity of one inference request, drawn by the edge; the ledger holds each once.
 *
 * @param value {@code req_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record RequestId(String value) {
    private static final String PREFIX = "req_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public RequestId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a req id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static RequestId ofUlid(String ulid) {
        return new RequestId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<RequestId> parse(String text) {
        return UlidShape.matches(PREFIX, text)
                ? Optional.of(new RequestId(text))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
