package dev.turnpike.testkit.net;

import java.time.Duration;

/**
 * What a {@link TcpProxy} does to the bytes of one direction, changeable while they flow.
 * Thread-safe.
 */
public final class Direction {
    /** No limit on bandwidth. */
    public static final int UNLIMITED = 0;

    static final int SLICE_BYTES_MAX = 16 << 10;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Duration delay = Duration.ZERO;
    private int bytesPerSecond = UNLIMITED;
    private boolean blackhole;

    Direction() {}

    /**
     * Holds every read this long before it is passed on. Reads are not overlapped, so bytes that
     * come during the wait go together in the next one: a byte is late by one to two delays.
     */
    public synchronized void delay(Duration length) {
        delay = length;
    }

    /**
     * @param rate bytes per second of each connection, or {@link #UNLIMITED}
     */
    public synchronized void bandwidth(int rate) {
        bytesPerSecond = rate;
    }

    /** While true nothing passes and nothing is lost: the sender sees only silence. */
    public synchronized void blackhole(boolean on) {
        blackhole = on;
        notifyAll();
    }

    /** How many bytes to read at once, so that a limited bandwidth flows evenly. */
    synchronized int slice() {
        return bytesPerSecond == UNLIMITED
                ? SLICE_BYTES_MAX
                : Math.clamp(bytesPerSecond / 50, 1, SLICE_BYTES_MAX);
    }

    /** Blocks as long as {@code bytes} that were just read have to wait. */
    synchronized void hold(int bytes) throws InterruptedException {
        long nanos = delay.toNanos();
        if (bytesPerSecond != UNLIMITED) {
            nanos += bytes * NANOS_PER_SECOND / bytesPerSecond;
        }
        long deadline = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = deadline - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        while (blackhole) {
            wait();
        }
    }
}
