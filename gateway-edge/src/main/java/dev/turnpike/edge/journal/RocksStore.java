package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalBatch.Change;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The store on disk. Every write reaches the operating system before it returns, and so survives
 * the death of this process; with {@code sync} it reaches the disk.
 */
final class RocksStore implements JournalStore {
    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final int WRITE_BUFFERS_MAX = 2;
    private static final long BLOCK_BYTES = 32L << 10;
    private static final long WAL_BYTES_MAX = 128L << 20;
    private static final int LOG_FILES_MAX = 2;

    static {
        RocksDB.loadLibrary();
    }

    private final Path directory;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final WriteOptions plain;
    private final WriteOptions synced;
    private @Nullable Handles handles;

    RocksStore(Path directory, boolean sync) {
        this.directory = directory;
        this.plain = new WriteOptions().setSync(sync);
        this.synced = new WriteOptions().setSync(true);
        this.handles = open();
    }

    /** What must be closed together. */
    private record Handles(
            RocksDB db,
            DBOptions options,
            ColumnFamilyOptions family,
            Map<Table, ColumnFamilyHandle> tables)
            implements AutoCloseable {
        ColumnFamilyHandle of(Table table) {
            var handle = tables.get(table);
            if (handle == null) {
                throw new IllegalStateException("no table " + table);
            }
            return handle;
        }

        @Override
        public void close() {
            tables.values().forEach(ColumnFamilyHandle::close);
            db.close();
            options.close();
            family.close();
        }
    }

    private Handles open() {
        var options =
                new DBOptions()
                        .setCreateIfMissing(true)
                        .setCreateMissingColumnFamilies(true)
                        .setMaxTotalWalSize(WAL_BYTES_MAX)
                        .setKeepLogFileNum(LOG_FILES_MAX)
                        // Writing over an old log needs no new room on the disk.
                        .setRecycleLogFileNum(LOG_FILES_MAX)
                        // A record cut off by a kill is dropped, as is all behind a bad one.
                        .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery);
        var family =
                new ColumnFamilyOptions()
                        .setWriteBufferSize(WRITE_BUFFER_BYTES)
                        .setMaxWriteBufferNumber(WRITE_BUFFERS_MAX)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setTableFormatConfig(
                                new BlockBasedTableConfig().setBlockSize(BLOCK_BYTES));
        var descriptors = new ArrayList<ColumnFamilyDescriptor>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family));
        for (var table : Table.values()) {
            var name = table.name().getBytes(StandardCharsets.US_ASCII);
            descriptors.add(new ColumnFamilyDescriptor(name, family));
        }
        List<ColumnFamilyHandle> opened = new ArrayList<>();
        try {
            var db = RocksDB.open(options, directory.toString(), descriptors, opened);
            var tables = new EnumMap<Table, ColumnFamilyHandle>(Table.class);
            for (var table : Table.values()) {
                tables.put(table, opened.get(table.ordinal() + 1));
            }
            opened.getFirst().close();
            return new Handles(db, options, family, tables);
        } catch (RocksDBException e) {
            options.close();
            family.close();
            throw new JournalStoreException(
                    "cannot open the journal in " + directory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void write(JournalBatch batch) {
        using(
                lock.readLock(),
                () -> {
                    var now = handles();
                    var how = batch.synced() ? synced : plain;
                    try {
                        if (batch.changes().size() == 1
                                && batch.changes().getFirst() instanceof Change.Put row) {
                            put(row, now, how);
                        } else {
                            write(batch, now, how);
                        }
                    } catch (RocksDBException e) {
                        throw failed("write", e);
                    }
                });
    }

    /** As a batch of its own, without making one. */
    private static void put(Change.Put row, Handles now, WriteOptions how) throws RocksDBException {
        var table = now.of(row.table());
        var key = row.key();
        now.db().put(table, how, key, 0, key.length, row.value(), 0, row.length());
    }

    private static void write(JournalBatch batch, Handles now, WriteOptions how)
            throws RocksDBException {
        try (var rows = new WriteBatch()) {
            for (var change : batch.changes()) {
                add(rows, now, change);
            }
            now.db().write(how, rows);
        }
    }

    private static void add(WriteBatch rows, Handles now, Change change) throws RocksDBException {
        switch (change) {
            case Change.Put(var table, var key, var value, var length) ->
                    rows.put(now.of(table), key, Arrays.copyOf(value, length));
            case Change.Delete(var table, var key) -> rows.delete(now.of(table), key);
            case Change.DeleteRange(var table, var from, var to) ->
                    rows.deleteRange(now.of(table), from, to);
        }
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
        lock.readLock().lock();
        try {
            var now = handles();
            return now.db().get(now.of(table), key);
        } catch (RocksDBException e) {
            throw failed("read", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void scan(Table table, byte[] from, Visitor visitor) {
        using(
                lock.readLock(),
                () -> {
                    var now = handles();
                    try (var rows = now.db().newIterator(now.of(table))) {
                        rows.seekForPrev(from);
                        if (!rows.isValid()) {
                            rows.seekToFirst();
                        }
                        for (boolean more = true; more && rows.isValid(); rows.next()) {
                            more = visitor.visit(rows.key(), rows.value());
                        }
                        rows.status();
                    } catch (RocksDBException e) {
                        throw failed("read", e);
                    }
                });
    }

    @Override
    public byte @Nullable [] lastKey(Table table) {
        lock.readLock().lock();
        try {
            var now = handles();
            try (var rows = now.db().newIterator(now.of(table))) {
                rows.seekToLast();
                if (rows.isValid()) {
                    return rows.key();
                }
                rows.status(); // Whether it is empty, or could not be read.
                return null;
            }
        } catch (RocksDBException e) {
            throw failed("read", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void reopen() {
        using(
                lock.writeLock(),
                () -> {
                    closeHandles();
                    handles = open();
                });
    }

    @Override
    public void close() {
        using(
                lock.writeLock(),
                () -> {
                    closeHandles();
                });
        plain.close();
        synced.close();
    }

    private void closeHandles() {
        if (handles != null) {
            handles.close();
            handles = null;
        }
    }

    private Handles handles() {
        var now = handles;
        if (now == null) {
            throw new JournalStoreException(
                    "the journal is closed", new IllegalStateException(directory.toString()));
        }
        return now;
    }

    private JournalStoreException failed(String what, RocksDBException cause) {
        return new JournalStoreException(
                "cannot " + what + " the journal in " + directory + ": " + cause.getMessage(),
                cause);
    }

    private static void using(Lock lock, Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
