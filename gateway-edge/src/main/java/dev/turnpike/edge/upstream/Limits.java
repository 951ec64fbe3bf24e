package dev.turnpike.edge.upstream;

import java.time.Duration;

/**
 * Bounds of the client.
 *
 * @param idlePerTargetMax idle connections kept for one scheme, host and port
 * @param idleTotalMax idle connections kept in all
 * @param idleExpiry how long an idle connection is kept
 * @param headBytesMax longest response head, in bytes
 * @param headersMax most header lines in a response
 * @param informationalMax most 1xx responses skipped before the final one
 */
public record Limits(
        int idlePerTargetMax,
        int idleTotalMax,
        Duration idleExpiry,
        int headBytesMax,
        int headersMax,
        int informationalMax) {
    /**
     * 128 idle connections a target, 1024 in all, kept 55 s; heads of 64 kB, 128 lines, 8 of 1xx.
     */
    public static final Limits DEFAULT =
            new Limits(128, 1_024, Duration.ofSeconds(55), 64 * 1024, 128, 8);

    public Limits {
        if (idlePerTargetMax < 0 || idleTotalMax < 0 || idleExpiry.isNegative()) {
            throw new IllegalArgumentException("pool limits must not be negative");
        }
        if (headBytesMax < 1_024 || headersMax < 1 || informationalMax < 0) {
            throw new IllegalArgumentException("head limits too small");
        }
    }
}
