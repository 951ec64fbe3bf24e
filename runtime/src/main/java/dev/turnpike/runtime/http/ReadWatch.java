package dev.turnpike.runtime.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Ends connections whose clients send a request in drops. A read waits as long as an idle
 * connection may last, so one byte now and then would hold a connection, and what its request has
 * taken, for ever. One daemon thread looks at all reads in the middle of a request; it only
 * interrupts, which closes the connection. Thread-safe.
 */
final class ReadWatch implements AutoCloseable {
    /** How long a head may take from its first byte to its last. */
    static final Duration HEAD_MAX = Duration.ofSeconds(30);

    /** How long a body may take, beside the time its bytes are granted, and pause at most. */
    static final Duration BODY_MAX = Duration.ofSeconds(60);

    /** A body has a second more for so many bytes that have come. */
    static final long BODY_BYTES_PER_SECOND_MIN = 4 << 10;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int LOOKS_PER_HEAD = 8;

    private final long headNanos;
    private final long bodyNanos;
    private final LongSupplier nanoTime;
    private final Set<Read> reads = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;

    /**
     * @param headMax at least 8 ms
     * @param nanoTime like {@link System#nanoTime}
     */
    ReadWatch(Duration headMax, Duration bodyMax, LongSupplier nanoTime) {
        this.headNanos = headMax.toNanos();
        this.bodyNanos = bodyMax.toNanos();
        this.nanoTime = nanoTime;
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("http-read-watch").daemon().factory());
        long every = headNanos / LOOKS_PER_HEAD;
        var _ = timer.scheduleWithFixedDelay(this::look, every, every, TimeUnit.NANOSECONDS);
    }

    /** Now, by this watch's clock. */
    long now() {
        return nanoTime.getAsLong();
    }

    /** The calling thread reads on in a head that began then. */
    Read head(long began) {
        return read(began + headNanos, () -> false);
    }

    /** The calling thread reads on in a body that began then, of which so much has come. */
    Read body(long began, long bytes) {
        return body(began, bytes, () -> false);
    }

    /**
     * As the other, for a reader that is not told when nothing more can come.
     *
     * @param over asked now and then, at once answered
     */
    Read body(long began, long bytes, BooleanSupplier over) {
        long now = now();
        long granted = bytes / BODY_BYTES_PER_SECOND_MIN * NANOS_PER_SECOND;
        long left = began + bodyNanos + granted - now;
        return read(now + Math.min(left, bodyNanos), over);
    }

    private Read read(long deadline, BooleanSupplier nothingMore) {
        var read = new Read(deadline, nothingMore);
        reads.add(read);
        return read;
    }

    private void look() {
        long now = nanoTime.getAsLong();
        for (var read : reads) {
            read.look(now);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** One read in the middle of a request. */
    final class Read {
        private final Thread reader = Thread.currentThread();
        private final long deadline;
        private final BooleanSupplier nothingMore;
        private boolean over;
        private boolean interrupted;

        private Read(long deadline, BooleanSupplier nothingMore) {
            this.deadline = deadline;
            this.nothingMore = nothingMore;
        }

        private synchronized void look(long now) {
            boolean late = now - deadline >= 0 || nothingMore.getAsBoolean();
            if (!over && !interrupted && late) {
                interrupted = true;
                reader.interrupt();
            }
        }

        /** The read has ended, well or not; whether it was ended from here. */
        boolean ends() {
            reads.remove(this);
            synchronized (this) {
                over = true;
                if (interrupted) {
                    var _ = Thread.interrupted(); // Meant for the read alone.
                }
                return interrupted;
            }
        }
    }
}
