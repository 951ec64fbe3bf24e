package dev.turnpike.schemas.id;

import java.util.Optional;

/**
 * The public name of a model, {@code prefix/name}: what clients send as {@code model}.
 *
 * @param value two parts of 1 to 100 characters of {@code A-Z a-z 0-9 . _ - :}, joined by one
 *     slash; each part starts with a letter or digit
 */
public record Slug(String value) {
    private static final int PART_LENGTH_MAX = 100;

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public Slug {
        if (!valid(value)) {
            throw new IllegalArgumentException("not a slug: " + value);
        }
    }

    /** Returns the slug, or empty when {@code text} is not one. Never throws. */
    public static Optional<Slug> parse(String text) {
        return valid(text) ? Optional.of(new Slug(text)) : Optional.empty();
    }

    /** Whether {@code text} can stand before the slash. */
    public static boolean isPrefix(String text) {
        return validPart(text, 0, text.length());
    }

    /** The part before the slash. */
    public String prefix() {
        return value.substring(0, value.indexOf('/'));
    }

    private static boolean valid(String text) {
        int slash = text.indexOf('/');
        return slash > 0 && validPart(text, 0, slash) && validPart(text, slash + 1, text.length());
    }

    private static boolean validPart(String text, int from, int to) {
        if (to - from < 1 || to - from > PART_LENGTH_MAX || !alphanumeric(text.charAt(from))) {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!alphanumeric(c) && c != '.' && c != '_' && c != '-' && c != ':') {
                return false;
            }
        }
        return true;
    }

    private static boolean alphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    @Override
    public String toString() {
        return value;
    }
}
