package dev.turnpike.edge.pipeline;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Bounds how long requests are served from what the edge knew when it last heard of Kafka: a key
 * that was revoked since then must not work for ever. And before the edge has once read what its
 * callers have used, nothing is served: a spent month must not open with each restart.
 *
 * @param heardAt when Kafka last answered, by the edge's clock
 * @param staleMax longest time served without it
 * @param useKnown whether the use of all edges has been read once
 */
public record Freshness(Supplier<Instant> heardAt, Duration staleMax, BooleanSupplier useKnown) {
    /**
     * @param now when a request came, by the same clock
     * @throws dev.turnpike.runtime.problem.ProblemException {@code UNAVAILABLE} when it is too long
     */
    void require(Instant now) {
        if (!useKnown.getAsBoolean()) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "This gateway is starting").asException();
        }
        if (now.toEpochMilli() - heardAt.get().toEpochMilli() > staleMax.toMillis()) {
            throw Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "This gateway has been cut off from its control plane for too long")
                    .asException();
        }
    }
}
