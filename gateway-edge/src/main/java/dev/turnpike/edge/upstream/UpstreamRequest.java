package dev.turnpike.edge.upstream;

import java.util.List;

/**
 * One request to an upstream. {@code Host}, {@code Content-Length} or {@code Transfer-Encoding},
 * {@code Accept-Encoding: identity} and the connection's own headers are added when it is sent.
 *
 * @param method an HTTP token in upper case
 * @param to where it goes
 * @param headers sent in this order; must not change until the call returns
 * @param body must not change until the call returns
 */
public record UpstreamRequest(
        String method, Destination to, List<Header> headers, UpstreamBody body) {
    /**
     * @throws IllegalArgumentException if the method could change the framing of the request; the
     *     message does not repeat it
     */
    public UpstreamRequest {
        if (!HttpText.token(method)) {
            throw new IllegalArgumentException("not a method");
        }
    }
}
