package dev.turnpike.edge.journal;

import org.jspecify.annotations.Nullable;

/** Where the journal keeps its bytes: sorted tables and atomic batches over them. Thread-safe. */
interface JournalStore extends AutoCloseable {
    /** The tables; keys sort as unsigned bytes. */
    enum Table {
        /** Records in shipping order, one write in a row, by the position of its first. */
        RECORDS,
        /** What is known of requests that have not ended, beside their records. */
        OPEN,
        /** Single values. */
        META,
        /**
         * Empty. A version that would take a row of several records for one does not know this
         * table, and so does not open the store, instead of losing records.
         */
        GROUPED
    }

    /** Receives rows in order of their keys. */
    @FunctionalInterface
    interface Visitor {
        /** Returns whether to go on. */
        boolean visit(byte[] key, byte[] value);
    }

    /**
     * Applies all changes of {@code batch} or none, durable when this returns.
     *
     * @throws JournalStoreException if it is unknown which; nothing more can be written until
     *     {@link #reopen} has worked
     */
    void write(JournalBatch batch);

    /** The value at {@code key}, or null. */
    byte @Nullable [] get(Table table, byte[] key);

    /**
     * Visits rows from the last at or before {@code from} on; all when there is none such. The
     * visitor must be quick and not call this store.
     */
    void scan(Table table, byte[] from, Visitor visitor);

    /** The last key of {@code table}, or null when it is empty. */
    byte @Nullable [] lastKey(Table table);

    /**
     * Starts over from what is durable.
     *
     * @throws JournalStoreException if that does not work now; it may be tried again
     */
    void reopen();

    @Override
    void close();
}
