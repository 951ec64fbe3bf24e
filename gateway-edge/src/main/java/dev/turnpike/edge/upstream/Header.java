package dev.turnpike.edge.upstream;

/**
 * A request header that cannot break out of its line.
 *
 * @param name an HTTP token
 * @param value printable ASCII, spaces and tabs
 */
public record Header(String name, String value) {
    /** Longest value accepted, in characters. */
    public static final int VALUE_CHARS_MAX = 16 * 1024;

    /**
     * @throws IllegalArgumentException if name or value is not as said; the message repeats neither
     */
    public Header {
        if (!HttpText.token(name)) {
            throw new IllegalArgumentException("not a header name");
        }
        if (value.length() > VALUE_CHARS_MAX || !HttpText.fieldValue(value)) {
            throw new IllegalArgumentException("not a header value");
        }
    }

    /** The name alone: the value may be a secret. */
    @Override
    public String toString() {
        return name;
    }
}
