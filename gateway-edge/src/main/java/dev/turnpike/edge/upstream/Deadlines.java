package dev.turnpike.edge.upstream;

import java.time.Duration;

/**
 * How long each part of a call may take, in nanoseconds: none is longer than {@link #DEADLINE_MAX}.
 *
 * @param connectNanos resolving, connecting and the TLS handshake together
 * @param firstByteNanos sending the request, and again from its last byte to the end of the
 *     response head
 * @param idleNanos silence between two response bytes
 * @param totalNanos from {@link UpstreamClient#open} to the last response byte
 */
public record Deadlines(long connectNanos, long firstByteNanos, long idleNanos, long totalNanos) {
    /** Longest duration accepted, so that sums of nanoseconds never overflow. */
    public static final Duration DEADLINE_MAX = Duration.ofDays(1);

    private static final long NANOS_MAX = DEADLINE_MAX.toNanos();

    public Deadlines {
        check(connectNanos);
        check(firstByteNanos);
        check(idleNanos);
        check(totalNanos);
    }

    private static void check(long nanos) {
        if (nanos <= 0 || nanos > NANOS_MAX) {
            throw new IllegalArgumentException("deadline out of range: " + nanos + " ns");
        }
    }
}
