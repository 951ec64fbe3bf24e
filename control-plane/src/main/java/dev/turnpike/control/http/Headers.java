package dev.turnpike.control.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;

/**
 * Names of the headers of this listener.
 *
 * @param brand what they begin with
 * @param position where in the log the answer stands; a request that carries it waits for that
 *     point
 * @param forwarded marks a request that a replica has handed to the owner, so it goes no further
 * @param signature of a registration, as base64
 * @param timestamp when a registration was signed, in seconds since 1970
 */
record Headers(
        String brand,
        HeaderName position,
        HeaderName forwarded,
        HeaderName signature,
        HeaderName timestamp) {
    static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");

    /**
     * @param prefix the operator's header prefix, such as {@code X-Turnpike}
     */
    static Headers of(String prefix) {
        return new Headers(
                prefix,
                HeaderNames.create(prefix + "-Position"),
                HeaderNames.create(prefix + "-Forwarded"),
                HeaderNames.create(prefix + "-Signature"),
                HeaderNames.create(prefix + "-Timestamp"));
    }
}
