package dev.turnpike.edge.limit;

import dev.turnpike.schemas.limit.Charge;
import java.time.Instant;
import java.util.List;

/**
 * Decides on all limits of a request together: all of them are taken or none is. Never waits for
 * another process. Implementations are thread-safe.
 */
public interface Admission {
    /** Takes every limit that applies to the request, or changes nothing. */
    AdmissionResult admit(AdmissionRequest request);

    /**
     * Tries to set aside more for a running request; false, with nothing changed, when a limit is
     * full.
     *
     * @param moreTokens zero or more
     * @param moreCostNanoUsd zero or more
     * @throws IllegalStateException if the reservation is settled or released
     */
    boolean topUp(Reservation reservation, long moreTokens, long moreCostNanoUsd);

    /**
     * Replaces what was reserved by the truth; exactly once for each reservation.
     *
     * @return the charges as they stand in the terminal record
     * @throws IllegalStateException if it is settled or released already: usage counts once
     */
    List<Charge> settle(Reservation reservation, long actualTokens, long actualCostNanoUsd);

    /**
     * As {@link #settle}, for a request that is not charged: tokens and cost are given back, the
     * request itself is not.
     *
     * @throws IllegalStateException if it is settled or released already
     */
    List<Charge> release(Reservation reservation);

    /** The tightest of the request and the token limits, for headers. */
    RateLimitView view(AppliedLimits limits, Instant now);
}
