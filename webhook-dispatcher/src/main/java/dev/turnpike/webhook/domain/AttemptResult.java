package dev.turnpike.webhook.domain;

import java.time.Duration;
import java.util.Optional;

/** How one attempt ended, as seen from here. */
public sealed interface AttemptResult {
    /** HTTP status, 0 when there was no response. */
    int status();

    /** The receiver has it: any 2xx. */
    record Accepted(int status) implements AttemptResult {}

    /**
     * The receiver answered anything else but 410; redirects are not followed.
     *
     * @param retryAfter the wait it asked for
     */
    record Rejected(int status, Optional<Duration> retryAfter) implements AttemptResult {}

    /** The receiver answered 410: it wants nothing any more. */
    record Gone() implements AttemptResult {
        @Override
        public int status() {
            return 410;
        }
    }

    /**
     * There was no answer.
     *
     * @param error why, in a few words without secrets
     */
    record Unreachable(String error) implements AttemptResult {
        @Override
        public int status() {
            return 0;
        }
    }
}
