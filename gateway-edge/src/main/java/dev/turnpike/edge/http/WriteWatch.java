package dev.turnpike.edge.http;

import dev.turnpike.edge.pipeline.LargeAnswers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends the writes to clients that do not read. A blocking write has no timeout of its own, so a
 * client that stops reading would hold its request, its upstream and what both have set aside for
 * as long as it likes. One daemon thread looks at all writes; it only interrupts, which closes the
 * connection. Thread-safe.
 */
public final class WriteWatch implements AutoCloseable {
    /** How long a write may take where nothing else is said. */
    public static final Duration STALL_MAX = Duration.ofSeconds(60);

    /** A large piece may take longer: this many bytes must get through in each second. */
    private static final long BYTES_PER_SECOND_MIN = 16 << 10;

    private static final int LOOKS_PER_STALL = 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final long stallNanos;
    private final LongSupplier nanoTime;
    private final Set<Guard> guards = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;

    /**
     * @param stallMax how long a small write may take, at least 1 ms
     * @param nanoTime like {@link System#nanoTime}
     */
    public WriteWatch(Duration stallMax, LongSupplier nanoTime) {
        this.stallNanos = stallMax.toNanos();
        this.nanoTime = nanoTime;
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("edge-write-watch").daemon().factory());
        long every = stallNanos / LOOKS_PER_STALL;
        var _ = timer.scheduleWithFixedDelay(this::look, every, every, TimeUnit.NANOSECONDS);
    }

    /** Guards the writes of the calling thread until closed by it. */
    Guard guard() {
        var guard = new Guard();
        guards.add(guard);
        return guard;
    }

    private void look() {
        long now = nanoTime.getAsLong();
        for (var guard : guards) {
            guard.look(now);
        }
    }

    /** How long a write of so many bytes may take; one that keeps others out no longer than any. */
    static long allowedNanos(long stallNanos, int bytes) {
        return bytes > LargeAnswers.SMALL_MAX
                ? stallNanos
                : stallNanos + bytes * NANOS_PER_SECOND / BYTES_PER_SECOND_MIN;
    }

    /** Replies guarded now. */
    int guarded() {
        return guards.size();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** The writes of one reply. */
    final class Guard implements AutoCloseable {
        private final Thread writer = Thread.currentThread();
        private boolean writing;
        private boolean interrupted;
        private long deadline;
        private boolean inPieces;
        private long wholeDeadline;

        private Guard() {}

        /**
         * What is written from now on are pieces of so many bytes, which have one time together.
         */
        synchronized void beginsPieces(int bytes) {
            wholeDeadline = nanoTime.getAsLong() + allowedNanos(stallNanos, bytes);
            inPieces = true;
        }

        /** A write of so many bytes begins. */
        synchronized void begins(int bytes) {
            deadline = nanoTime.getAsLong() + allowedNanos(stallNanos, bytes);
            if (inPieces && wholeDeadline - deadline < 0) {
                deadline = wholeDeadline;
            }
            writing = true;
        }

        /** The write has ended, well or not; whether it was ended from here. */
        synchronized boolean ends() {
            writing = false;
            if (interrupted) {
                // Meant for the write alone: what follows is to be settled in peace.
                var _ = Thread.interrupted();
            }
            return interrupted;
        }

        private synchronized void look(long now) {
            if (writing && !interrupted && now - deadline >= 0) {
                interrupted = true;
                writer.interrupt();
            }
        }

        /** A thread has one guard at a time. The machine's own hash costs a call into it. */
        @Override
        public int hashCode() {
            return Long.hashCode(writer.threadId());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public void close() {
            guards.remove(this);
        }
    }
}
