package dev.turnpike.edge.upstream;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One request to an upstream. {@code Host}, {@code Content-Length} or {@code Transfer-Encoding},
 * {@code Accept-Encoding: identity} and the connection's own headers are added when it is sent.
 *
 * @param method an HTTP token in upper case
 * @param origin where to connect
 * @param target path and query, beginning with a slash
 * @param headers sent in this order
 * @param body must not change until the call returns
 */
public record UpstreamRequest(
        String method, Origin origin, String target, List<Header> headers, UpstreamBody body) {
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

    /**
     * @throws IllegalArgumentException if a part could change the framing of the request; the
     *     message repeats no value
     */
    public UpstreamRequest {
        if (!HttpText.token(method)) {
            throw new IllegalArgumentException("not a method");
        }
        if (!HttpText.requestTarget(target)) {
            throw new IllegalArgumentException("not a request target");
        }
        headers = List.copyOf(headers);
        for (int i = 0; i < headers.size(); i++) {
            if (isOwn(headers.get(i).name())) {
                throw new IllegalArgumentException("header belongs to the connection");
            }
        }
    }

    private static boolean isOwn(String name) {
        return OWN.contains(lower(name));
    }

    private static String lower(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isUpperCase(name.charAt(i))) {
                return name.toLowerCase(Locale.ROOT);
            }
        }
        return name;
    }
}
