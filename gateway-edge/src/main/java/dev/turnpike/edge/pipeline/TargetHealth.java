package dev.turnpike.edge.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.turnpike.schemas.control.Target;
import java.util.function.LongSupplier;

/**
 * The circuit breakers of all targets. A target is forgotten, and with it what is known of its
 * health, when its endpoint changes. Thread-safe.
 */
final class TargetHealth {
    /**
     * As many as the endpoints have targets, and no more: one that is gone takes its breaker along.
     * A bound of its own would make each look a note of who was looked up last, for every request.
     */
    private final Cache<Target, CircuitBreaker> breakers =
            Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

    private final LongSupplier nanoTime;

    /**
     * @param nanoTime like {@link System#nanoTime}
     */
    TargetHealth(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The breaker of {@code target}, which is this very object. */
    CircuitBreaker of(Target target) {
        return breakers.get(target, any -> new CircuitBreaker(nanoTime));
    }
}
