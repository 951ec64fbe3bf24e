package dev.turnpike.edge.limit;

import dev.turnpike.schemas.control.Group;
import java.time.Instant;

/**
 * What a request asks of the limits.
 *
 * @param at the admission time; windows are chosen by it
 * @param group the caller's group with its effective limits as they are now
 * @param slug the model that is called
 * @param tokens to set aside; 0 reserves nothing, and passes while a limit is not used up
 * @param costNanoUsd to set aside, likewise
 */
public record AdmissionRequest(
        Instant at, Group group, String slug, long tokens, long costNanoUsd) {
    /**
     * @throws IllegalArgumentException if an amount is negative
     */
    public AdmissionRequest {
        if (tokens < 0 || costNanoUsd < 0) {
            throw new IllegalArgumentException("negative amount");
        }
    }
}
