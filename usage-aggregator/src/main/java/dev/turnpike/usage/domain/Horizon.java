package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Duration;
import java.time.Instant;

/**
 * How far back a partition remembers, seen from one moment of it.
 *
 * @param now the partition's time: that of its newest record, but never ahead of the wall clock, so
 *     that neither a backlog nor an edge with a fast clock makes it forget request ids too early
 * @param wall the wall clock; it ends windows, also in a partition where nothing happens
 * @param requests how long request ids are remembered
 */
public record Horizon(Instant now, Instant wall, Duration requests) {
    /** Request ids are remembered at least as long as this. */
    public static final Duration REQUESTS_MIN = Duration.ofDays(8);

    /** Marks of silent streams are kept this long: longer than the requests topic keeps records. */
    public static final Duration MARKS = Duration.ofDays(40);

    /** Sub-windows of rolling limits are kept this long after they stopped counting. */
    public static final Duration ROLLING_GRACE = Duration.ofMinutes(2);

    /** Calendar windows are kept this long after their end, for requests that ran across it. */
    public static final Duration CALENDAR_GRACE = Duration.ofDays(1);

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");
    private static final int ULID_TIME_LENGTH = 10;
    private static final int ULID_REST_LENGTH = 16;
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /**
     * @throws IllegalArgumentException if {@code requests} is shorter than {@link #REQUESTS_MIN}
     */
    public Horizon {
        if (requests.compareTo(REQUESTS_MIN) < 0) {
            throw new IllegalArgumentException("request ids must be kept for " + REQUESTS_MIN);
        }
    }

    /** The least request id that is still remembered. Ids begin with their time, so they sort. */
    public RequestId oldestRequest() {
        long millis = Math.max(0, now.minus(requests).toEpochMilli());
        var time = new char[ULID_TIME_LENGTH];
        for (int i = ULID_TIME_LENGTH - 1; i >= 0; i--) {
            time[i] = CROCKFORD.charAt((int) (millis & 31));
            millis >>>= 5;
        }
        return RequestId.ofUlid(new String(time) + "0".repeat(ULID_REST_LENGTH));
    }

    /** Whether {@code id} may have been forgotten. */
    public boolean forgets(RequestId id) {
        return id.value().compareTo(oldestRequest().value()) < 0;
    }

    /** Whether the window of {@code charge} has been put away: it no longer changes. */
    public boolean forgets(Charge charge) {
        return !wall.isBefore(forgottenAt(charge.unit(), charge.window()));
    }

    /** Whether {@code window} lies in a time that can be written down. */
    static boolean plausible(LimitUnit unit, long window) {
        return window >= 0 && window <= unit.window(LAST);
    }

    /** When the total of a window is put away. */
    public static Instant forgottenAt(LimitUnit unit, long window) {
        return unit.windowExpiry(window).plus(unit.rolls() ? ROLLING_GRACE : CALENDAR_GRACE);
    }

    /** Marks untouched since then are put away. */
    public long oldestMarkMillis() {
        return now.minus(MARKS).toEpochMilli();
    }
}
