package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalBatch.Change;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store that survives the journal it served, and fails when told. */
final class MemoryStore implements JournalStore {
    /** What a write does. */
    enum Fault {
        NONE,
        /** Fails and leaves nothing. */
        LOST,
        /** Fails, yet everything is there. */
        KEPT,
        /** There is no memory for it, and it leaves nothing. */
        NO_MEMORY
    }

    private final Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(Table.class);
    private Fault next = Fault.NONE;
    private int operationsBefore;
    private boolean readsCount;
    private boolean broken;
    private boolean repairable = true;

    MemoryStore() {
        for (var table : Table.values()) {
            tables.put(table, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    /** The next write fails. */
    void failNext(Fault fault) {
        fail(fault, 0, false);
    }

    /** A read or a write fails: the one after so many that work. */
    void failAfter(int operations, Fault fault) {
        fail(fault, operations, true);
    }

    private void fail(Fault fault, int operations, boolean reads) {
        next = fault;
        operationsBefore = operations;
        readsCount = reads;
    }

    /** Whether nothing can be written before it is opened again. */
    boolean broken() {
        return broken;
    }

    void repairable(boolean value) {
        repairable = value;
    }

    int rows(Table table) {
        return of(table).size();
    }

    /** Whether a key ends with {@code letter}. */
    boolean has(Table table, byte letter) {
        return of(table).keySet().stream().anyMatch(key -> key[key.length - 1] == letter);
    }

    @Override
    public synchronized void write(JournalBatch batch) {
        var fault = takeFault();
        if (!broken && fault != Fault.LOST) {
            batch.changes().forEach(this::apply);
        }
        if (broken || fault != Fault.NONE) {
            broken = true;
            throw new JournalStoreException("no space left", new IOException("no space left"));
        }
    }

    private Fault takeFault() {
        if (next == Fault.NONE || operationsBefore-- > 0) {
            return Fault.NONE;
        }
        var fault = next;
        next = Fault.NONE;
        if (fault == Fault.NO_MEMORY) {
            throw new OutOfMemoryError("no room");
        }
        return fault;
    }

    private void read() {
        if (readsCount && takeFault() != Fault.NONE) {
            broken = true;
            throw new JournalStoreException("unreadable", new IOException("unreadable"));
        }
    }

    private void apply(Change change) {
        switch (change) {
            case Change.Put(var table, var key, var value, var length) ->
                    of(table).put(key, Arrays.copyOf(value, length));
            case Change.Delete(var table, var key) -> of(table).remove(key);
            case Change.DeleteRange(var table, var from, var to) ->
                    of(table).subMap(from, true, to, false).clear();
        }
    }

    @Override
    public synchronized byte @Nullable [] get(Table table, byte[] key) {
        read();
        return of(table).get(key);
    }

    @Override
    public synchronized void scan(Table table, byte[] from, Visitor visitor) {
        read();
        var first = of(table).floorKey(from);
        for (var row : of(table).tailMap(first == null ? from : first, true).entrySet()) {
            if (!visitor.visit(row.getKey(), row.getValue())) {
                return;
            }
        }
    }

    @Override
    public synchronized byte @Nullable [] lastKey(Table table) {
        read();
        var last = of(table).lastEntry();
        return last == null ? null : last.getKey();
    }

    @Override
    public synchronized void reopen() {
        if (!repairable) {
            throw new JournalStoreException("still full", new IOException("no space left"));
        }
        broken = false;
    }

    @Override
    public void close() {
        broken = false; // What a new process finds.
    }

    private NavigableMap<byte[], byte[]> of(Table table) {
        var rows = tables.get(table);
        if (rows == null) {
            throw new IllegalStateException("no table " + table);
        }
        return rows;
    }
}
