package dev.turnpike.edge.pipeline;

import java.util.function.LongSupplier;

/**
 * How long a request has been here. Thread-safe.
 *
 * @param nanoTime like {@link System#nanoTime}
 * @param startedNanos its reading when the request had come
 */
public record Stopwatch(LongSupplier nanoTime, long startedNanos) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Starts now. */
    public static Stopwatch start(LongSupplier nanoTime) {
        return new Stopwatch(nanoTime, nanoTime.getAsLong());
    }

    /** Nanoseconds since the start. */
    long nanos() {
        return nanoTime.getAsLong() - startedNanos;
    }

    /** Whole milliseconds of {@code nanos}, never negative. */
    static long millis(long nanos) {
        return Math.max(0, nanos) / NANOS_PER_MILLI;
    }
}
