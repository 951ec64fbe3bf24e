package dev.turnpike.edge.limit;

import dev.turnpike.edge.limit.RateLimitView.Headroom;
import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Instant;
import java.util.Optional;

/**
 * The live windows of one counter: what this edge put there, and what all others did. Thread-safe;
 * that several counters change together is the caller's business.
 */
final class Counter {
    /** Windows kept at most; beyond it what others report from a clock far ahead is ignored. */
    static final int WINDOWS_MAX = 64;

    private final LimitUnit unit;
    private final Windows windows = new Windows();
    private long latest = Long.MIN_VALUE;
    private boolean expired;

    Counter(LimitUnit unit) {
        this.unit = unit;
    }

    /**
     * What counts against a threshold at one moment.
     *
     * @param window that a request of this moment belongs to
     * @param used settled use of this edge and all that is known of others
     * @param reserved set aside by this edge
     */
    record Level(long window, long used, long reserved) {
        /** Where nothing counts yet. */
        static Level empty(long window) {
            return new Level(window, 0, 0);
        }

        long total() {
            return used + reserved;
        }
    }

    /** What counts in the interval that ends with the window of {@code at}. */
    synchronized Level level(Instant at) {
        return level(windowAt(at));
    }

    /**
     * What is left of a threshold, and how long until all of it is if nothing more is taken.
     *
     * @param at says which windows count
     * @param now from when on is waited
     */
    synchronized Headroom headroom(long threshold, Instant at, Instant now) {
        long window = windowAt(at);
        long left = Math.max(0, threshold - level(window).total());
        // It ends at a whole millisecond, so that the difference is rounded up.
        long reset = whenEmpty(window, now).toEpochMilli() - now.toEpochMilli();
        return new Headroom(threshold, left, Math.max(0, reset));
    }

    /** The window that a request of time {@code at} belongs to; never before an earlier answer. */
    private long windowAt(Instant at) {
        return Math.max(unit.window(at), latest);
    }

    /** What counts in the interval that ends with {@code window}. */
    private Level level(long window) {
        long used = 0;
        long reserved = 0;
        // Of a rolling interval, windows ahead count too: another edge's clock may be ahead.
        int row = windows.from(firstCounted(window));
        for (; row < windows.size() && (unit.rolls() || windows.number(row) == window); row++) {
            used += windows.used(row);
            reserved += windows.reserved(row);
        }
        return new Level(window, used, reserved);
    }

    /** When at least {@code excess} of what counts now has left the interval. */
    synchronized Instant whenFree(long window, long excess) {
        if (!unit.rolls()) {
            return unit.windowExpiry(window);
        }
        long gone = 0;
        for (int row = windows.from(firstCounted(window)); row < windows.size(); row++) {
            gone += windows.total(row);
            if (gone >= excess) {
                return unit.windowExpiry(windows.number(row));
            }
        }
        return unit.windowExpiry(window);
    }

    /** When nothing that counts now counts any more; {@code now} when nothing does. */
    private Instant whenEmpty(long window, Instant now) {
        for (int row = windows.size() - 1; row >= windows.from(firstCounted(window)); row--) {
            if (windows.total(row) > 0) {
                return unit.windowExpiry(windows.number(row));
            }
        }
        return now;
    }

    /**
     * Charges a window.
     *
     * @return whether it counts; false when this counter has {@link #expire expired} meanwhile
     */
    synchronized boolean take(long window, long used, long reserved) {
        if (expired) {
            return false;
        }
        latest = Math.max(latest, window);
        windows.dropBefore(firstCounted(latest));
        windows.add(windows.make(window), used, reserved);
        return true;
    }

    /** Sets more aside in a window that still counts; one that is gone takes nothing. */
    synchronized void topUp(long window, long more) {
        int row = windows.find(window);
        if (row >= 0) {
            windows.add(row, 0, more);
        }
    }

    /** Replaces what was set aside by the truth; in a window that is gone nothing changes. */
    synchronized void settle(long window, long reserved, long actual) {
        int row = windows.find(window);
        if (row >= 0) {
            windows.add(row, actual, -reserved);
        }
    }

    /**
     * Learns what others put into {@code window}.
     *
     * @param position order of the news about one window; older news is ignored
     * @param now windows that count no longer then may be dropped
     */
    synchronized void others(long window, long amount, long position, Instant now) {
        if (latest != Long.MIN_VALUE && window < firstCounted(latest)) {
            return;
        }
        int row = windows.find(window);
        if (row < 0) {
            if (windows.size() >= WINDOWS_MAX) {
                windows.dropBefore(firstCounted(unit.window(now)));
            }
            if (windows.size() >= WINDOWS_MAX) {
                return;
            }
            row = windows.make(window);
        }
        if (position > windows.news(row)) {
            windows.others(row, Math.max(0, amount), position);
        }
    }

    /**
     * Drops the windows that count no longer at {@code now}. When none is left the counter is over:
     * whoever still holds it charges nothing on it.
     *
     * @return when the last of the rest counts no longer, empty when none is left
     */
    synchronized Optional<Instant> expire(Instant now) {
        windows.dropBefore(firstCounted(unit.window(now)));
        expired = windows.size() == 0;
        return expired
                ? Optional.empty()
                : Optional.of(unit.windowExpiry(windows.number(windows.size() - 1)));
    }

    private long firstCounted(long window) {
        return unit.rolls() ? window - LimitUnit.SUB_WINDOWS : window;
    }
}
