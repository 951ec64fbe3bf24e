package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@link Table#OPEN}: for each running request where its {@code Started} record is and
 * which upstream it called, which other it called later, and how far it has come. The row key is
 * the request id and one letter.
 */
final class OpenTable {
    private static final byte OPENED = 'o';

    /** Of an earlier version: the whole {@code Started} record. */
    private static final byte STARTED = 's';

    private static final byte CALLED = 'c';
    private static final byte PROGRESS = 'p';

    private OpenTable() {}

    static void putOpened(
            JournalBatch batch, RequestId id, long position, Unfinished.@Nullable Called called) {
        var first = called == null ? new byte[0] : called.toBytes();
        var row = ByteBuffer.allocate(Long.BYTES + first.length).putLong(position).put(first);
        batch.put(Table.OPEN, key(id, OPENED), row.array());
    }

    static void putCalled(JournalBatch batch, RequestId id, Unfinished.Called called) {
        batch.put(Table.OPEN, key(id, CALLED), called.toBytes());
    }

    static void putProgress(JournalBatch batch, RequestId id, Unfinished.Progress progress) {
        batch.put(Table.OPEN, key(id, PROGRESS), progress.toBytes());
    }

    /** Removes the rows of a request that is known to have these. */
    static void delete(JournalBatch batch, RequestId id, boolean called, boolean progress) {
        batch.delete(Table.OPEN, key(id, OPENED));
        if (called) {
            batch.delete(Table.OPEN, key(id, CALLED));
        }
        if (progress) {
            batch.delete(Table.OPEN, key(id, PROGRESS));
        }
    }

    /**
     * The first request of the table, with a batch that removes its rows.
     *
     * @param unfinished empty for rows without a {@code Started}, which mean nothing
     */
    record First(Optional<Unfinished> unfinished, JournalBatch removal) {}

    /** The first request of the table, or empty when it has none. */
    static Optional<First> first(JournalStore store, RecordCodec<RequestRecord> codec) {
        var rows = firstRows(store);
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        var removal = new JournalBatch();
        RequestRecord record = null;
        Unfinished.Called called = null;
        Unfinished.Progress progress = null;
        for (var row : rows) {
            removal.delete(Table.OPEN, row.key());
            switch (row.key()[row.key().length - 1]) {
                case OPENED -> {
                    var in = ByteBuffer.wrap(row.value());
                    record = record(store, codec, in.getLong());
                    if (called == null && in.hasRemaining()) {
                        var first = new byte[in.remaining()];
                        in.get(first);
                        called = Unfinished.Called.of(first);
                    }
                }
                case STARTED -> record = codec.decode(row.value());
                case CALLED -> called = Unfinished.Called.of(row.value());
                case PROGRESS -> progress = Unfinished.Progress.of(row.value());
                default -> {
                    // A letter of a later version; it goes with its request.
                }
            }
        }
        return Optional.of(new First(unfinished(record, called, progress), removal));
    }

    private static @Nullable RequestRecord record(
            JournalStore store, RecordCodec<RequestRecord> codec, long position) {
        var key = JournalRecord.rowKey(position);
        var row = store.get(Table.RECORDS, key);
        return row == null ? null : codec.decode(JournalRecord.ofRow(key, row).value());
    }

    private static Optional<Unfinished> unfinished(
            @Nullable RequestRecord record,
            Unfinished.@Nullable Called called,
            Unfinished.@Nullable Progress progress) {
        return record != null && record.fact() instanceof Started started
                ? Optional.of(new Unfinished(record.stream(), started, called, progress))
                : Optional.empty();
    }

    private record Row(byte[] key, byte[] value) {}

    private static List<Row> firstRows(JournalStore store) {
        var rows = new ArrayList<Row>();
        store.scan(
                Table.OPEN,
                new byte[0],
                (key, value) -> {
                    boolean same = rows.isEmpty() || sameRequest(rows.getFirst().key(), key);
                    if (same) {
                        rows.add(new Row(key, value));
                    }
                    return same;
                });
        return rows;
    }

    private static boolean sameRequest(byte[] a, byte[] b) {
        return Arrays.equals(a, 0, a.length - 1, b, 0, b.length - 1);
    }

    private static byte[] key(RequestId id, byte letter) {
        var text = id.value().getBytes(StandardCharsets.US_ASCII);
        var key = Arrays.copyOf(text, text.length + 1);
        key[text.length] = letter;
        return key;
    }
}
