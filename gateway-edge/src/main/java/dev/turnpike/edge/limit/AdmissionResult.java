package dev.turnpike.edge.limit;

import dev.turnpike.schemas.usage.LimitBreach;
import java.time.Duration;
import java.util.Optional;

/** The answer to an {@link AdmissionRequest}. */
public sealed interface AdmissionResult {
    /** Every limit is taken; the reservation must be settled or released exactly once. */
    record Admitted(Reservation reservation) implements AdmissionResult {}

    /**
     * Nothing was taken.
     *
     * @param breach the most restrictive of the limits that refused
     * @param retryAfter when the same request may pass, as far as is known; empty when waiting does
     *     not help
     * @param quota whether it is a spent day or month or a threshold of 0, which clients must not
     *     retry
     */
    record Refused(LimitBreach breach, Optional<Duration> retryAfter, boolean quota)
            implements AdmissionResult {}
}
