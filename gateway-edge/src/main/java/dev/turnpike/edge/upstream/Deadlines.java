package dev.turnpike.edge.upstream;

import java.time.Duration;

/**
 * How long each part of a call may take.
 *
 * @param connect resolving, connecting and the TLS handshake together
 * @param firstByte sending the request, and again from its last byte to the end of the response
 *     head
 * @param idle silence between two response bytes
 * @param total from {@link UpstreamClient#open} to the last response byte
 */
public record Deadlines(Duration connect, Duration firstByte, Duration idle, Duration total) {
    /** Longest duration accepted, so that nanoseconds never overflow. */
    public static final Duration DEADLINE_MAX = Duration.ofDays(1);

    public Deadlines {
        check(connect);
        check(firstByte);
        check(idle);
        check(total);
    }

    private static void check(Duration duration) {
        if (!duration.isPositive() || duration.compareTo(DEADLINE_MAX) > 0) {
            throw new IllegalArgumentException("deadline out of range: " + duration);
        }
    }
}
