package dev.turnpike.control.log;

import java.time.Duration;

/**
 * That a change may be repeated without happening twice.
 *
 * @param key hex of a keyed hash of actor, route and {@code Idempotency-Key}
 * @param bodyHash SHA-256 of the request body
 */
public record Idempotency(String key, byte[] bodyHash) {
    /** How long a retry is recognised. */
    public static final Duration KEPT = Duration.ofHours(24);

    /** Keys remembered at once; beyond that the oldest are forgotten early. */
    public static final int RECORDS_MAX = 200_000;
}
