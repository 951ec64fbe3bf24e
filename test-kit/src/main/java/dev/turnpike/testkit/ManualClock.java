package dev.turnpike.testkit;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves only when told, for wall time and elapsed time alike. Thread-safe. */
public final class ManualClock implements InstantSource, Ticker {
    private final Instant start;
    private Instant now;

    public ManualClock(Instant start) {
        this.start = start;
        this.now = start;
    }

    /**
     * @param text an instant in ISO 8601, such as {@code 2026-11-01T12:00:00Z}
     */
    public static ManualClock at(String text) {
        return new ManualClock(Instant.parse(text));
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** Nanoseconds since the clock's start. */
    @Override
    public long read() {
        return Duration.between(start, instant()).toNanos();
    }

    public synchronized void advance(Duration step) {
        now = now.plus(step);
    }

    /** Sets the wall time; going back is allowed, as real clocks do it too. */
    public synchronized void set(Instant instant) {
        now = instant;
    }
}
