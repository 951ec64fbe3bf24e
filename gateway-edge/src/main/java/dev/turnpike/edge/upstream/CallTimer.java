package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.upstream.UpstreamFault.TimedOut;
import java.time.Duration;
import java.util.function.LongSupplier;

/** How much of a call's time is left. One call, one thread. */
final class CallTimer {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanoTime;
    private final Deadlines deadlines;
    private long begun;
    private long stageBegun;

    /** Begins the call. */
    CallTimer(LongSupplier nanoTime, Deadlines deadlines) {
        this.nanoTime = nanoTime;
        this.deadlines = deadlines;
        this.begun = nanoTime.getAsLong();
        this.stageBegun = begun;
    }

    /** When the call began, in terms of the clock. */
    long begun() {
        return begun;
    }

    /** A new stage, or new bytes within one. */
    void restart() {
        stageBegun = nanoTime.getAsLong();
    }

    /** Begins a new stage and tells its {@link #deadline}. */
    long begin(Stage stage) throws UpstreamFaultException {
        restart();
        return stageBegun + left(stage, stageBegun);
    }

    /** So many nanoseconds went by without being the upstream's. */
    void excuse(long nanos) {
        begun += nanos;
        stageBegun += nanos;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** Nanoseconds until the stage's or the call's deadline; positive. */
    long left(Stage stage) throws UpstreamFaultException {
        return left(stage, nanoTime.getAsLong());
    }

    private long left(Stage stage, long now) throws UpstreamFaultException {
        long totalLeft = deadlines.totalNanos() - (now - begun);
        if (totalLeft <= 0) {
            throw timedOut(Stage.TOTAL, now - begun);
        }
        long stageLeft = limit(stage) - (now - stageBegun);
        if (stageLeft <= 0) {
            throw timedOut(stage, now - stageBegun);
        }
        return Math.min(totalLeft, stageLeft);
    }

    /** When the stage or the call is late, in terms of the clock. */
    long deadline(Stage stage) throws UpstreamFaultException {
        long now = nanoTime.getAsLong();
        return now + left(stage, now);
    }

    /** For socket options: never 0, which would mean for ever. */
    static int millis(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }

    UpstreamFaultException timedOut(Stage stage) {
        return timedOut(stage, nanoTime.getAsLong() - stageBegun);
    }

    private static UpstreamFaultException timedOut(Stage stage, long waitedNanos) {
        return new UpstreamFaultException(new TimedOut(stage, Duration.ofNanos(waitedNanos)));
    }

    private long limit(Stage stage) {
        return switch (stage) {
            case CONNECT -> deadlines.connectNanos();
            case SEND, FIRST_BYTE -> deadlines.firstByteNanos();
            case IDLE -> deadlines.idleNanos();
            case TOTAL -> deadlines.totalNanos();
        };
    }
}
