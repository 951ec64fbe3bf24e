package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * The public part of a key: what stands before the dot of a minted key, or the first 16 characters
 * of a registered one. It names the key in URLs, logs and events.
 *
 * @param value 3 to 64 printable ASCII characters without space
 */
public record KeyPrefix(String value) {
    private static final int LENGTH_MIN = 3;
    private static final int LENGTH_MAX = 64;

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public KeyPrefix {
        if (!valid(value)) {
            throw new IllegalArgumentException("not a key prefix");
        }
    }

    /** Returns the prefix, or empty when {@code text} is not one. Never throws. */
    public static Optional<KeyPrefix> parse(String text) {
        return valid(text) ? Optional.of(new KeyPrefix(text)) : Optional.empty();
    }

    private static boolean valid(String text) {
        if (text.length() < LENGTH_MIN || text.length() > LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return value;
    }
}
