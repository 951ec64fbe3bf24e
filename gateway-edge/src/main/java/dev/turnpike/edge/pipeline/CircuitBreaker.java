package dev.turnpike.edge.pipeline;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps requests away from a target that does not answer, or that asked to be left alone, while
 * another target may do. Closed, everything passes; after {@link #FAILURES_TO_OPEN} failures in a
 * row, answers that broke off among them, it opens for a time that doubles with every failed probe;
 * then it lets one probe through (half-open), whose answer closes it and whose failure, also in the
 * middle of the answer, opens it again. A request with nowhere else to go may be forced through, a
 * few at a time. Thread-safe.
 */
final class CircuitBreaker {
    /** Failures in a row that open it. */
    static final int FAILURES_TO_OPEN = 5;

    /** How long it stays open the first time. */
    static final Duration OPEN_FIRST = Duration.ofSeconds(1);

    /** How long it stays open at most. */
    static final Duration OPEN_MAX = Duration.ofSeconds(30);

    /** A probe that has not ended by then is given up, so that another may be sent. */
    static final Duration PROBE_MAX = Duration.ofMinutes(2);

    /** Forced requests under way at once. */
    static final int FORCED_MAX = 16;

    /** What it does with requests. */
    enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    private final LongSupplier nanoTime;
    private State state = State.CLOSED;
    private int failures;
    private int forced;
    private long openNanos = OPEN_FIRST.toNanos();
    private long until;
    private boolean cooling;
    private long coolUntil;

    /** Closed, with nothing remembered against the target: requests pass without the lock. */
    private volatile boolean well = true;

    CircuitBreaker(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized State state() {
        return state;
    }

    /** Whether a request may be sent; each one that is sent must be followed by its end. */
    boolean allows() {
        return well || allowsAiling();
    }

    private synchronized boolean allowsAiling() {
        if (state == State.CLOSED && !cooling) {
            return true;
        }
        long now = nanoTime.getAsLong();
        if (cooling) {
            if (now - coolUntil < 0) {
                return false;
            }
            cooling = false;
        }
        if (state == State.CLOSED) {
            well = failures == 0;
            return true;
        }
        if (now - until < 0) {
            return false;
        }
        state = State.HALF_OPEN;
        until = now + PROBE_MAX.toNanos();
        return true;
    }

    /** Whether a request that no other target takes may be sent all the same. */
    synchronized boolean allowsForced() {
        if (forced == FORCED_MAX) {
            return false;
        }
        forced++;
        return true;
    }

    /** A forced request has its answer, or none. */
    synchronized void forcedEnded() {
        forced--;
    }

    /**
     * The target began an answer, which may still break off: others may be sent, but what went
     * wrong before is not forgotten.
     */
    void began() {
        if (!well) {
            closed();
        }
    }

    private synchronized void closed() {
        state = State.CLOSED;
    }

    /** The target answered to the end. */
    void succeeded() {
        if (!well) {
            recovered();
        }
    }

    private synchronized void recovered() {
        state = State.CLOSED;
        failures = 0;
        openNanos = OPEN_FIRST.toNanos();
        well = !cooling;
    }

    /**
     * The target could not be reached, was silent too long, answered that it is broken, or broke
     * its answer off.
     */
    synchronized void failed() {
        well = false;
        failures++;
        boolean probe = state == State.HALF_OPEN;
        boolean brokenProbe = state == State.CLOSED && failures > FAILURES_TO_OPEN;
        if (probe || brokenProbe) {
            openNanos = Math.min(OPEN_MAX.toNanos(), 2 * openNanos);
        }
        if (probe || failures >= FAILURES_TO_OPEN) {
            state = State.OPEN;
            until = nanoTime.getAsLong() + openNanos;
        }
    }

    /** The request ended without saying anything of the target: its client left, say. */
    synchronized void released() {
        if (state == State.HALF_OPEN) {
            state = State.OPEN;
            until = nanoTime.getAsLong();
        }
    }

    /** The target asked to be left alone for so long. */
    synchronized void cool(Duration wait) {
        recovered();
        well = false;
        cooling = true;
        coolUntil = nanoTime.getAsLong() + wait.toNanos();
    }
}
