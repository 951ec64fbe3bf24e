package dev.turnpike.edge.limit;

import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Instant;
import java.util.TreeMap;

/**
 * The live windows of one counter: what this edge put there, and what all others did. Thread-safe;
 * that several counters change together is the caller's business.
 */
final class Counter {
    /** Windows kept at most; beyond it what others report from a clock far ahead is ignored. */
    static final int WINDOWS_MAX = 64;

    private final LimitUnit unit;
    private final TreeMap<Long, Window> windows = new TreeMap<>();
    private long latest = Long.MIN_VALUE;

    Counter(LimitUnit unit) {
        this.unit = unit;
    }

    private static final class Window {
        private long used;
        private long reserved;
        private long others;
        private long position = Long.MIN_VALUE;

        private long total() {
            return used + reserved + others;
        }
    }

    /**
     * What counts against a threshold at one moment.
     *
     * @param used settled use of this edge and all that is known of others
     * @param reserved set aside by this edge
     */
    record Level(long used, long reserved) {
        static final Level EMPTY = new Level(0, 0);

        long total() {
            return used + reserved;
        }
    }

    /** The window that a request of time {@code at} belongs to; never before an earlier answer. */
    synchronized long windowAt(Instant at) {
        return Math.max(unit.window(at), latest);
    }

    /** What counts in the interval that ends with {@code window}. */
    synchronized Level level(long window) {
        long used = 0;
        long reserved = 0;
        // Of a rolling interval, windows ahead count too: another edge's clock may be ahead.
        var counted =
                unit.rolls()
                        ? windows.tailMap(firstCounted(window), true)
                        : windows.subMap(window, true, window, true);
        for (var one : counted.values()) {
            used += one.used + one.others;
            reserved += one.reserved;
        }
        return new Level(used, reserved);
    }

    /** When at least {@code excess} of what counts now has left the interval. */
    synchronized Instant whenFree(long window, long excess) {
        if (!unit.rolls()) {
            return unit.windowExpiry(window);
        }
        long gone = 0;
        for (var entry : windows.tailMap(firstCounted(window), true).entrySet()) {
            gone += entry.getValue().total();
            if (gone >= excess) {
                return unit.windowExpiry(entry.getKey());
            }
        }
        return unit.windowExpiry(window);
    }

    /** When nothing that counts now counts any more; {@code now} when nothing does. */
    synchronized Instant whenEmpty(long window, Instant now) {
        var last = windows.descendingMap().entrySet();
        for (var entry : last) {
            if (entry.getKey() < firstCounted(window)) {
                break;
            }
            if (entry.getValue().total() > 0) {
                return unit.windowExpiry(entry.getKey());
            }
        }
        return now;
    }

    synchronized void take(long window, long used, long reserved) {
        latest = Math.max(latest, window);
        windows.headMap(firstCounted(latest), false).clear();
        var one = windows.computeIfAbsent(window, unseen -> new Window());
        one.used += used;
        one.reserved += reserved;
    }

    /** Sets more aside in a window that still counts; one that is gone takes nothing. */
    synchronized void topUp(long window, long more) {
        var one = windows.get(window);
        if (one != null) {
            one.reserved += more;
        }
    }

    /** Replaces what was set aside by the truth; in a window that is gone nothing changes. */
    synchronized void settle(long window, long reserved, long actual) {
        var one = windows.get(window);
        if (one != null) {
            one.reserved = Math.max(0, one.reserved - reserved);
            one.used += actual;
        }
    }

    /**
     * Learns what others put into {@code window}.
     *
     * @param position order of the news about one window; older news is ignored
     */
    synchronized void others(long window, long amount, long position) {
        if (latest != Long.MIN_VALUE && window < firstCounted(latest)) {
            return;
        }
        var one = windows.get(window);
        if (one == null) {
            if (windows.size() >= WINDOWS_MAX) {
                return;
            }
            one = new Window();
            windows.put(window, one);
        }
        if (position > one.position) {
            one.position = position;
            one.others = Math.max(0, amount);
        }
    }

    /** Drops the windows that count no longer at {@code now}; whether none is left. */
    synchronized boolean expire(Instant now) {
        windows.headMap(firstCounted(unit.window(now)), false).clear();
        return windows.isEmpty();
    }

    private long firstCounted(long window) {
        return unit.rolls() ? window - LimitUnit.SUB_WINDOWS : window;
    }
}
