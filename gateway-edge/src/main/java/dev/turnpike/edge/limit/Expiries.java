package dev.turnpike.edge.limit;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Which counters are to be looked at when, so that nobody looks at all of them every time. As many
 * entries as its owner adds and does not take. Thread-safe; never calls out.
 */
final class Expiries {
    /** Counters that expire within the same stretch of this length are looked at together. */
    static final long STRETCH_MILLIS = 5_000;

    private final TreeMap<Long, Queue<CounterKey>> byStretch = new TreeMap<>();

    /** Has {@code key} looked at once {@code millis} has come; never before. */
    synchronized void add(CounterKey key, long millis) {
        long stretch = Math.ceilDiv(millis, STRETCH_MILLIS);
        byStretch.computeIfAbsent(stretch, unseen -> new ArrayDeque<>()).add(key);
    }

    /** Takes out all that are to be looked at by {@code millis}. */
    synchronized List<CounterKey> due(long millis) {
        var due = byStretch.headMap(Math.floorDiv(millis, STRETCH_MILLIS), true);
        var keys = due.values().stream().flatMap(Queue::stream).toList();
        due.clear();
        return keys;
    }
}
