package dev.turnpike.edge.pipeline;

import dev.turnpike.schemas.control.Target;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Lets answers whose client has left run to their end, so that the provider's own count is learnt:
 * some at a time, each for some time, the others are cancelled. Thread-safe.
 */
final class Drains {
    /** Answers that run on without a client at a time. */
    static final int RUNNING_MAX = 256;

    /** How long one runs on. */
    static final Duration TIME_MAX = Duration.ofMinutes(2);

    private final Semaphore free = new Semaphore(RUNNING_MAX);
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime like {@link System#nanoTime}
     */
    Drains(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * For one request; close it when the request has ended.
     *
     * @param always whether it runs on at every target, and not only at those that are drained
     */
    Leave leave(boolean always) {
        return new Leave(always);
    }

    /** The leave of one request to run on. Thread-safe. */
    final class Leave implements Drain, AutoCloseable {
        private final boolean always;
        private boolean asked;
        private boolean granted;
        private long sinceNanos;

        private Leave(boolean always) {
            this.always = always;
        }

        /** The leave at one target. */
        Drain at(Target target) {
            return always || target.drains() ? this : Drain.NEVER;
        }

        @Override
        public synchronized boolean goesOn() {
            if (!asked) {
                asked = true;
                granted = free.tryAcquire();
                sinceNanos = nanoTime.getAsLong();
            }
            return granted && nanoTime.getAsLong() - sinceNanos < TIME_MAX.toNanos();
        }

        @Override
        public synchronized void close() {
            asked = true; // Too late to ask.
            if (granted) {
                granted = false;
                free.release();
            }
        }
    }
}
