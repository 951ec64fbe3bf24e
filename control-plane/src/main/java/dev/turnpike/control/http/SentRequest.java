package dev.turnpike.control.http;

import io.helidon.http.HeaderName;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request as it was sent, byte for byte.
 *
 * @param path as in the request line, without the query
 * @param header gives the first value of a header
 */
record SentRequest(
        String method, String path, Function<HeaderName, Optional<String>> header, byte[] body) {
    /** What was not sent on its own, so that nothing of it can be signed. */
    static final SentRequest UNSIGNED =
            new SentRequest("", "", name -> Optional.empty(), new byte[0]);

    /** Whether it was sent on its own, not among several changes. */
    boolean alone() {
        return !method.isEmpty();
    }
}
