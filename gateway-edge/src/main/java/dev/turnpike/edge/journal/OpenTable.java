package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.edge.journal.LiveRequests.Running;
import dev.turnpike.schemas.id.RequestId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of {@link Table#OPEN}: what the records do not say of running requests, or say too far back.
 * Which upstream a request called later and how far it has come have rows at once; where its start
 * is gets a row when the start is so old that the next start of this process shall not read the
 * records from there on. The row key is the request id and one letter. Guarded by the journal's
 * lock.
 */
final class OpenTable {
    static final byte OPENED = 'o';

    /** Of an earlier version: the whole {@code Started} record. */
    static final byte STARTED = 's';

    static final byte CALLED = 'c';
    static final byte PROGRESS = 'p';

    private static final byte[] READ_FROM = "open-from".getBytes(StandardCharsets.US_ASCII);

    /** Requests that started before this position have a row, durably. */
    private long readFrom;

    /** As {@link #readFrom}, but that may not be durable: a write that failed may be there. */
    private long tried;

    /**
     * @param end position that the next record will have: a journal of an earlier version has rows
     *     for all before it
     */
    OpenTable(JournalStore store, long end) {
        var saved = store.get(Table.META, READ_FROM);
        readFrom = saved == null ? end : ByteBuffer.wrap(saved).getLong();
        if (saved == null) {
            var batch = new JournalBatch();
            putReadFrom(batch, end);
            store.write(batch);
        }
        tried = readFrom;
    }

    /** Requests that began here or later, and only those, are found by reading the records. */
    long readFrom() {
        return readFrom;
    }

    /**
     * Gives rows to the requests that started before {@code from}, and begins reading there once
     * {@code batch} is written: then {@link #moved} is to be called.
     *
     * @return where reading would begin
     */
    long move(JournalBatch batch, long from, LiveRequests requests) {
        if (from <= readFrom) {
            return readFrom;
        }
        requests.startedBetween(readFrom, from).forEach(one -> putOpened(batch, one));
        putReadFrom(batch, from);
        tried = Math.max(tried, from);
        return from;
    }

    void moved(long from) {
        readFrom = from;
    }

    private static void putReadFrom(JournalBatch batch, long from) {
        var value = ByteBuffer.allocate(Long.BYTES).putLong(from).array();
        batch.put(Table.META, READ_FROM, value);
    }

    private static void putOpened(JournalBatch batch, Running one) {
        var called = one.called() == null ? new byte[0] : one.called().toBytes();
        var row = ByteBuffer.allocate(Long.BYTES + called.length);
        batch.put(
                Table.OPEN, key(one.id(), OPENED), row.putLong(one.position()).put(called).array());
    }

    static void putCalled(JournalBatch batch, RequestId id, Unfinished.Called called) {
        batch.put(Table.OPEN, key(id, CALLED), called.toBytes());
    }

    static void putProgress(JournalBatch batch, RequestId id, Unfinished.Progress progress) {
        batch.put(Table.OPEN, key(id, PROGRESS), progress.toBytes());
    }

    /** Removes the rows that a running request may have. */
    void delete(JournalBatch batch, Running one) {
        if (one.position() < tried) {
            batch.delete(Table.OPEN, key(one.id(), OPENED));
        }
        if (one.hasCalledRow()) {
            batch.delete(Table.OPEN, key(one.id(), CALLED));
        }
        if (one.hasProgressRow()) {
            batch.delete(Table.OPEN, key(one.id(), PROGRESS));
        }
    }

    /** Removes whatever rows a request has. */
    static void deleteAll(JournalBatch batch, RequestId id) {
        for (byte letter : List.of(OPENED, STARTED, CALLED, PROGRESS)) {
            batch.delete(Table.OPEN, key(id, letter));
        }
    }

    private static byte[] key(RequestId id, byte letter) {
        var text = id.value().getBytes(StandardCharsets.US_ASCII);
        var key = Arrays.copyOf(text, text.length + 1);
        key[text.length] = letter;
        return key;
    }
}
