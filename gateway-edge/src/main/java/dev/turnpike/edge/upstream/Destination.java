package dev.turnpike.edge.upstream;

import java.nio.charset.StandardCharsets;

/**
 * What requests are sent to: a path of an origin. Each is used for many requests, so it is checked
 * once, and what their heads say of it is made once.
 */
public final class Destination {
    private final Origin origin;
    private final String path;
    private final byte[] lines;

    /**
     * @param origin where to connect
     * @param path and query, beginning with a slash
     * @throws IllegalArgumentException if the path could change the framing of a request; the
     *     message does not repeat it
     */
    public Destination(Origin origin, String path) {
        if (!HttpText.requestTarget(path)) {
            throw new IllegalArgumentException("not a request target");
        }
        this.origin = origin;
        this.path = path;
        var text =
                " "
                        + path
                        + " HTTP/1.1\r\nhost: "
                        + origin.hostHeader()
                        + "\r\naccept-encoding: identity\r\n";
        this.lines = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where to connect. */
    public Origin origin() {
        return origin;
    }

    /** Path and query. */
    public String path() {
        return path;
    }

    /** How the head of a request goes on behind its method; not to be changed. */
    byte[] lines() {
        return lines;
    }

    @Override
    public String toString() {
        return origin + path;
    }
}
