package dev.turnpike.edge.pipeline;

import dev.turnpike.schemas.control.Target;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breakers of all targets. A target is forgotten, and with it what is known of its
 * health, when its endpoint changes. Thread-safe.
 */
final class TargetHealth {
    /**
     * As many as the endpoints have targets, and no more: one that is gone takes its breaker along.
     * No cache, which would note who was looked up for every request, and tidy up after some.
     */
    private final ConcurrentMap<Identity, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    private final ReferenceQueue<Target> gone = new ReferenceQueue<>();
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime like {@link System#nanoTime}
     */
    TargetHealth(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A target, and none that is equal to it; does not keep it from being collected. */
    private static final class Identity extends WeakReference<Target> {
        private final int hash;

        Identity(Target target, @Nullable ReferenceQueue<Target> gone) {
            super(target, gone);
            this.hash = System.identityHashCode(target);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            var target = get();
            return target != null && other instanceof Identity that && that.refersTo(target);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** The breaker of {@code target}, which is this very object. */
    CircuitBreaker of(Target target) {
        var known = breakers.get(new Identity(target, null));
        return known == null ? added(target) : known;
    }

    private CircuitBreaker added(Target target) {
        for (var one = gone.poll(); one != null; one = gone.poll()) {
            breakers.remove(one);
        }
        return breakers.computeIfAbsent(
                new Identity(target, gone), unseen -> new CircuitBreaker(nanoTime));
    }

    /** Targets that have a breaker. */
    int size() {
        return breakers.size();
    }
}
