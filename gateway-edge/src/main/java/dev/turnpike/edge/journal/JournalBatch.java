package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import java.util.ArrayList;
import java.util.List;

/** Changes that become durable together. Not thread-safe. */
final class JournalBatch {
    /** One change. */
    sealed interface Change {
        /**
         * Puts a row.
         *
         * @param value begins with the row's value, and may be longer
         * @param length bytes of the value
         */
        record Put(Table table, byte[] key, byte[] value, int length) implements Change {}

        record Delete(Table table, byte[] key) implements Change {}

        /** Removes the keys from {@code from}, inclusive, to {@code to}, exclusive. */
        record DeleteRange(Table table, byte[] from, byte[] to) implements Change {}
    }

    private final List<Change> changes = new ArrayList<>(4);
    private boolean synced;

    JournalBatch put(Table table, byte[] key, byte[] value) {
        return put(table, key, value, value.length);
    }

    /**
     * As above, of the first {@code length} bytes of {@code value}, which must stay as they are
     * until the batch is written.
     */
    JournalBatch put(Table table, byte[] key, byte[] value, int length) {
        changes.add(new Change.Put(table, key, value, length));
        return this;
    }

    JournalBatch delete(Table table, byte[] key) {
        changes.add(new Change.Delete(table, key));
        return this;
    }

    JournalBatch deleteRange(Table table, byte[] from, byte[] to) {
        changes.add(new Change.DeleteRange(table, from, to));
        return this;
    }

    /** Forgets all changes but the first {@code count}. */
    void keep(int count) {
        changes.subList(count, changes.size()).clear();
    }

    /** Makes the write wait for the disk whatever the settings say. */
    JournalBatch sync() {
        synced = true;
        return this;
    }

    boolean synced() {
        return synced;
    }

    List<Change> changes() {
        return changes;
    }
}
