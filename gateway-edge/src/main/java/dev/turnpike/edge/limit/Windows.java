package dev.turnpike.edge.limit;

import java.util.Arrays;

/**
 * The windows of one counter, oldest first, in one array. An edge has counters by the hundred
 * thousand, and a request adds to a few of them: objects for windows would each be new, and each
 * found from an old one, which is what a young collection takes long for. Not thread-safe.
 */
final class Windows {
    /** Order of news about a window of which there was none. */
    static final long NO_NEWS = Long.MIN_VALUE;

    private static final int USED = 1;
    private static final int RESERVED = 2;
    private static final int OTHERS = 3;
    private static final int NEWS = 4;
    private static final int ROW = 5;
    private static final int ROWS_AT_FIRST = 1;

    private long[] rows = new long[ROWS_AT_FIRST * ROW];
    private int size;

    int size() {
        return size;
    }

    /** Number of the window at {@code row}. */
    long number(int row) {
        return rows[row * ROW];
    }

    /** What this edge settled and all others used there. */
    long used(int row) {
        return rows[row * ROW + USED] + rows[row * ROW + OTHERS];
    }

    /** What this edge set aside there. */
    long reserved(int row) {
        return rows[row * ROW + RESERVED];
    }

    /** All that counts there. */
    long total(int row) {
        return used(row) + reserved(row);
    }

    /** Order of the last news about what others used there. */
    long news(int row) {
        return rows[row * ROW + NEWS];
    }

    /** The first row of {@code window} or a later one; {@link #size} when there is none. */
    int from(long window) {
        int row = 0;
        while (row < size && number(row) < window) {
            row++;
        }
        return row;
    }

    /** The row of {@code window}, -1 when it has none. */
    int find(long window) {
        int row = from(window);
        return row < size && number(row) == window ? row : -1;
    }

    /** The row of {@code window}, made where it has none. */
    int make(long window) {
        int row = from(window);
        if (row < size && number(row) == window) {
            return row;
        }
        if (size * ROW == rows.length) {
            rows = Arrays.copyOf(rows, 2 * rows.length);
        }
        int at = row * ROW;
        System.arraycopy(rows, at, rows, at + ROW, (size - row) * ROW);
        Arrays.fill(rows, at, at + ROW, 0);
        rows[at] = window;
        rows[at + NEWS] = NO_NEWS;
        size++;
        return row;
    }

    /** Adds to what this edge used and set aside; what is set aside is never below nothing. */
    void add(int row, long used, long reserved) {
        rows[row * ROW + USED] += used;
        rows[row * ROW + RESERVED] = Math.max(0, rows[row * ROW + RESERVED] + reserved);
    }

    void others(int row, long amount, long news) {
        rows[row * ROW + OTHERS] = amount;
        rows[row * ROW + NEWS] = news;
    }

    /** Drops all windows before {@code window}. */
    void dropBefore(long window) {
        int kept = from(window);
        if (kept > 0) {
            size -= kept;
            System.arraycopy(rows, kept * ROW, rows, 0, size * ROW);
        }
    }
}
