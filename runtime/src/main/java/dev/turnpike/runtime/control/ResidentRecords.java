package dev.turnpike.runtime.control;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.terracotta.offheapstore.concurrent.ConcurrentOffHeapHashMap;
import org.terracotta.offheapstore.exceptions.OversizeMappingException;
import org.terracotta.offheapstore.paging.PhantomReferenceLimitedPageSource;
import org.terracotta.offheapstore.storage.OffHeapBufferStorageEngine;
import org.terracotta.offheapstore.storage.PointerSize;
import org.terracotta.offheapstore.storage.portability.ByteArrayPortability;
import org.terracotta.offheapstore.storage.portability.StringPortability;

/**
 * Records of the local copy in memory outside the heap, encoded as they are in the copy, to be
 * found without a search in RocksDB. What is here is what the copy has; what is not here may be in
 * the copy. Bounded: when it is full, further records stay in the copy alone.
 *
 * <p>Any thread reads. Two write: the one that follows the log, by {@link #changed}, and one that
 * reads the copy from end to end, by {@link #offer}, whose records may be older than the log. A
 * write that fails for any other reason than memory throws, and from then on nothing is found here.
 */
final class ResidentRecords {
    /**
     * Memory for a record besides its key and value: its header, what allocation rounds up, and its
     * place in a table that is half full.
     */
    static final int OVERHEAD_BYTES = 56;

    /**
     * Memory beside that of records: pages that are not full yet, one for each segment, and tables
     * that have become too small and were not yet collected.
     */
    static final long SLACK_BYTES = 96L << 20;

    /** Changes remembered while the copy is read; with more, nothing is offered any longer. */
    static final int CHANGED_MAX = 200_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(ResidentRecords.class);

    private static final int SEGMENTS = 64;
    private static final int TABLE_SIZE = 128;
    private static final int PAGE_BYTES_MIN = 16 << 10;
    private static final int PAGE_BYTES_MAX = 1 << 20;

    private final ConcurrentOffHeapHashMap<String, byte[]> records;

    /** Held by whoever writes. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Changed since the copy began to be read; null while nobody reads it. */
    private @Nullable Set<String> changed;

    private final AtomicLong bytes = new AtomicLong();
    private long bytesMax;
    private volatile boolean broken;

    /**
     * @param bytesMax of records at most; with {@link #SLACK_BYTES} of all memory
     */
    ResidentRecords(long bytesMax) {
        this(bytesMax, bytesMax + SLACK_BYTES);
    }

    /**
     * @param memoryMax of pages and tables; a record that needs more has no room
     */
    ResidentRecords(long bytesMax, long memoryMax) {
        this.bytesMax = bytesMax;
        // Of all sources of memory this one says that there is none left without a collection.
        var pages = new PhantomReferenceLimitedPageSource(memoryMax);
        var engine =
                OffHeapBufferStorageEngine.createFactory(
                        PointerSize.INT,
                        pages,
                        PAGE_BYTES_MIN,
                        PAGE_BYTES_MAX,
                        StringPortability.INSTANCE,
                        ByteArrayPortability.INSTANCE,
                        false,
                        false);
        this.records = new ConcurrentOffHeapHashMap<>(pages, engine, TABLE_SIZE, SEGMENTS);
    }

    /** The record of {@code key}, or null when it is not here. */
    byte @Nullable [] get(String key) {
        return broken ? null : records.get(key);
    }

    /** Memory that records take, in bytes. */
    long bytes() {
        return bytes.get();
    }

    /**
     * Takes in a change that the copy already has.
     *
     * @param value null when the record is gone
     */
    void changed(String key, byte @Nullable [] value) {
        write(() -> {
            remember(key);
            remove(key); // First: whatever becomes of the new one, the old one is not found.
            return value == null || put(key, value);
        });
    }

    /** To be called before the copy begins to be read for {@link #offer}. */
    void beginOffers() {
        writing.lock();
        try {
            changed = new HashSet<>();
        } finally {
            writing.unlock();
        }
    }

    /**
     * Takes a record that the copy had after {@link #beginOffers}, unless it was changed since.
     *
     * @return whether more can be offered
     */
    boolean offer(String key, byte[] value) {
        return write(() -> {
            var since = changed;
            return since != null
                    && (since.contains(key) || records.containsKey(key) || put(key, value));
        });
    }

    /** Ends what {@link #beginOffers} began. */
    void endOffers() {
        writing.lock();
        try {
            changed = null;
        } finally {
            writing.unlock();
        }
    }

    private boolean write(BooleanSupplier step) {
        boolean done = false;
        writing.lock();
        try {
            boolean result = step.getAsBoolean();
            done = true;
            return result;
        } finally {
            broken |= !done;
            writing.unlock();
        }
    }

    private void remember(String key) {
        var since = changed;
        if (since != null) {
            since.add(key);
            if (since.size() > CHANGED_MAX) {
                changed = null;
            }
        }
    }

    private void remove(String key) {
        var before = records.remove(key);
        if (before != null) {
            bytes.addAndGet(-cost(key, before));
        }
    }

    /** Whether there was room. */
    private boolean put(String key, byte[] value) {
        long cost = cost(key, value);
        if (bytes.get() + cost > bytesMax) {
            return false;
        }
        try {
            records.put(key, value);
        } catch (OversizeMappingException e) {
            // Not all memory could be used. Finding that out takes time, so it is not tried again
            // until an eighth of the records is gone.
            bytesMax = bytes.get() - bytes.get() / 8;
            LOGGER.atWarn()
                    .setCause(e)
                    .addKeyValue("bytes", bytes)
                    .log("no more memory outside the heap for keys and groups");
            return false;
        }
        bytes.addAndGet(cost);
        return true;
    }

    /** Memory that a record takes; its key is kept as UTF-16. */
    static long cost(String key, byte[] value) {
        return 2L * key.length() + value.length + OVERHEAD_BYTES;
    }
}
