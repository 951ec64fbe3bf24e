package dev.turnpike.edge.limit;

import java.time.Instant;

/**
 * What a request asks of the limits.
 *
 * @param at the admission time; windows are chosen by it
 * @param limits what the caller's group and the model are held to, as it is now
 * @param tokens to set aside; 0 reserves nothing, and passes while a limit is not used up
 * @param costNanoUsd to set aside, likewise
 */
public record AdmissionRequest(Instant at, AppliedLimits limits, long tokens, long costNanoUsd) {
    /**
     * @throws IllegalArgumentException if an amount is negative
     */
    public AdmissionRequest {
        if (tokens < 0 || costNanoUsd < 0) {
            throw new IllegalArgumentException("negative amount");
        }
    }
}
