package dev.turnpike.edge.upstream;

import java.util.Locale;
import java.util.Set;

/**
 * A request header that cannot break out of its line, nor change how a request is framed. Most are
 * sent with many requests, so each is made into its line once.
 */
public final class Header {
    /** Longest value accepted, in characters. */
    public static final int VALUE_CHARS_MAX = 16 * 1024;

    /** What the connection says itself. */
    private static final Set<String> OWN =
            Set.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "accept-encoding",
                    "upgrade",
                    "te",
                    "trailer",
                    "expect",
                    "keep-alive");

    private final String name;
    private final byte[] line;

    /**
     * @param name an HTTP token; none of those that belong to the connection
     * @param value printable ASCII, spaces and tabs
     * @throws IllegalArgumentException if name or value is not as said; the message repeats neither
     */
    public Header(String name, String value) {
        this(checked(name), line(name, value));
    }

    private Header(String name, byte[] line) {
        this.name = name;
        this.line = line;
    }

    /**
     * The same header with another value.
     *
     * @throws IllegalArgumentException if the value is not as said; the message does not repeat it
     */
    public Header with(String value) {
        return new Header(name, line(name, value));
    }

    private static String checked(String name) {
        if (!HttpText.token(name)) {
            throw new IllegalArgumentException("not a header name");
        }
        if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("header belongs to the connection");
        }
        return name;
    }

    @SuppressWarnings("deprecation") // Drops the high bytes, of which there are none.
    private static byte[] line(String name, String value) {
        if (value.length() > VALUE_CHARS_MAX || !HttpText.fieldValue(value)) {
            throw new IllegalArgumentException("not a header value");
        }
        int colon = name.length();
        int end = colon + 2 + value.length();
        var line = new byte[end + 2];
        name.getBytes(0, colon, line, 0);
        line[colon] = ':';
        line[colon + 1] = ' ';
        value.getBytes(0, value.length(), line, colon + 2);
        line[end] = '\r';
        line[end + 1] = '\n';
        return line;
    }

    /** As it is sent, with its line end; not to be changed. */
    byte[] line() {
        return line;
    }

    /** The name alone: the value may be a secret. */
    @Override
    public String toString() {
        return name;
    }
}
