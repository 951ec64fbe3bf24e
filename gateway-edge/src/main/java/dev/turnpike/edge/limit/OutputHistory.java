package dev.turnpike.edge.limit;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Remembers how long recent answers were, to guess the next one. Thread-safe; {@link #estimate}
 * does not lock.
 */
public final class OutputHistory {
    /** Answers remembered for each slug. */
    public static final int OUTPUTS_MAX = 128;

    /** Slugs remembered; later ones are estimated as if they had no history. */
    public static final int SLUGS_MAX = 10_000;

    /** Output tokens expected where there is no history. */
    public static final long WITHOUT_HISTORY = 512;

    private static final double QUANTILE = 0.9;

    private final ConcurrentMap<String, Recent> bySlug = new ConcurrentHashMap<>();

    /**
     * Output tokens to set aside for a request: the 90th percentile of recent answers of {@code
     * slug}, times {@code n}.
     *
     * @param maxTokens most tokens of one choice; -1 when the client gave none
     * @param n choices asked for, at least 1
     */
    public long estimate(String slug, long maxTokens, int n) {
        var recent = bySlug.get(slug);
        long expected = recent == null ? WITHOUT_HISTORY : recent.quantile;
        return (maxTokens < 0 ? expected : Math.min(maxTokens, expected)) * Math.max(1, n);
    }

    /** Remembers an answer of {@code slug}. */
    public void record(String slug, long outputTokens) {
        var recent = bySlug.get(slug);
        if (recent == null) {
            if (bySlug.size() >= SLUGS_MAX) {
                return;
            }
            recent = bySlug.computeIfAbsent(slug, unseen -> new Recent());
        }
        recent.add(outputTokens);
    }

    /** The same numbers twice: in the order in which they came, and by size. */
    private static final class Recent {
        private final int[] ring = new int[OUTPUTS_MAX];
        private final int[] sorted = new int[OUTPUTS_MAX];
        private int size;
        private int next;
        private volatile long quantile = WITHOUT_HISTORY;

        synchronized void add(long tokens) {
            int added = Math.clamp(tokens, 0, Integer.MAX_VALUE);
            boolean full = size == OUTPUTS_MAX;
            int free = full ? Arrays.binarySearch(sorted, ring[next]) : size++;
            ring[next] = added;
            next = (next + 1) % OUTPUTS_MAX;
            sort(free, added);
            quantile = sorted[(int) Math.ceil(QUANTILE * size) - 1];
        }

        /** Moves the free place to where {@code added} belongs. */
        private void sort(int free, int added) {
            int at = free;
            while (at > 0 && sorted[at - 1] > added) {
                sorted[at] = sorted[at - 1];
                at--;
            }
            while (at + 1 < size && sorted[at + 1] < added) {
                sorted[at] = sorted[at + 1];
                at++;
            }
            sorted[at] = added;
        }
    }
}
