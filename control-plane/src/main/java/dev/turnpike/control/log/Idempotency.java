package dev.turnpike.control.log;

import java.time.Duration;
import java.util.function.Function;

/**
 * That a change may be repeated without happening twice.
 *
 * @param key hex of a keyed hash of actor, route and {@code Idempotency-Key}
 * @param bodyHash keyed hash of the request body, which may hold secrets
 * @param nonce drawn for this request; what secrets are derived from if it is the first
 * @param kept the reply as JSON without secrets, for when a retry cannot make it again; called once
 *     on the owner's thread
 */
public record Idempotency(
        String key, byte[] bodyHash, byte[] nonce, Function<Answer.Done, String> kept) {
    /** How long a retry is recognised. */
    public static final Duration KEPT = Duration.ofHours(24);

    /** Keys remembered at once; beyond that the oldest are forgotten early. */
    public static final int RECORDS_MAX = 200_000;

    /** Changes of many whose results are remembered; of older ones only that they happened. */
    public static final int RESULTS_MAX = 200;

    /** Characters that the results of one such change may take; larger ones are not remembered. */
    public static final int RESULT_CHARACTERS_MAX = 128 << 10;
}
