package dev.turnpike.edge.pipeline;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Bounds how long requests are served from what the edge knew when it last heard of Kafka: a key
 * that was revoked since then must not work for ever. And before the edge has once read what its
 * callers have used, nothing is served: a spent month must not open with each restart.
 *
 * @param staleness time since Kafka last answered
 * @param staleMax longest time served without it
 * @param useKnown whether the use of all edges has been read once
 */
public record Freshness(Supplier<Duration> staleness, Duration staleMax, BooleanSupplier useKnown) {
    /** Whether requests may be served. */
    public boolean fresh() {
        return staleness.get().compareTo(staleMax) <= 0;
    }

    /**
     * @throws dev.turnpike.runtime.problem.ProblemException {@code UNAVAILABLE} when it is too long
     */
    void require() {
        if (!useKnown.getAsBoolean()) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "This gateway is starting").asException();
        }
        if (!fresh()) {
            throw Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "This gateway has been cut off from its control plane for too long")
                    .asException();
        }
    }
}
