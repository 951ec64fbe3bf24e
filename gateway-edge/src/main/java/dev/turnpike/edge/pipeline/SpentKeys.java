package dev.turnpike.edge.pipeline;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Idempotency keys that must not be served again, and what was asked under them. The oldest are
 * forgotten first, never one that has just come: a cache that goes by use may drop exactly that.
 * Thread-safe.
 */
final class SpentKeys {
    /** Keys known at a time; each takes about 250 bytes. */
    static final int KEYS_MAX = 200_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, Spent> keys = new LinkedHashMap<>();
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime like {@link System#nanoTime}
     */
    SpentKeys(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Spent(String request, long atNanos) {}

    /** The digest of the request under a key; empty if the key is not known, or no more. */
    Optional<String> request(String id) {
        lock.lock();
        try {
            forgetOld();
            return Optional.ofNullable(keys.get(id)).map(Spent::request);
        } finally {
            lock.unlock();
        }
    }

    void add(String id, String request) {
        lock.lock();
        try {
            keys.putLast(id, new Spent(request, nanoTime.getAsLong()));
            forgetOld();
        } finally {
            lock.unlock();
        }
    }

    /** They stand in the order in which they came, and so of their ends. */
    private void forgetOld() {
        long now = nanoTime.getAsLong();
        var oldest = keys.values().iterator();
        while (oldest.hasNext()) {
            boolean over = now - oldest.next().atNanos() >= Repeats.KNOWN_FOR.toNanos();
            if (!over && keys.size() <= KEYS_MAX) {
                return;
            }
            oldest.remove();
        }
    }
}
