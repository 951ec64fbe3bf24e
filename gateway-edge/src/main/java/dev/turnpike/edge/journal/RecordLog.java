package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.schemas.avro.ArrayEncoder;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The records in shipping order: which number the next one has, and how much Kafka does not have.
 * Records are staged, their batch written, and only then counted, so that their numbers are used
 * again when the write failed. Guarded by the journal's lock; only {@link #read} and {@link #next}
 * need none.
 */
final class RecordLog {
    /** Most rows fit. */
    private static final int ROW_BYTES = 1_024;

    private final JournalStore store;
    private final RecordCodec<RequestRecord> codec;
    private final InstantSource clock;
    private final String stream;
    private final Acknowledged acknowledged;
    private final RecentRecords recent = new RecentRecords();
    private final long[] sequences = new long[Topics.PARTITIONS];
    private final List<JournalRecord> staged = new ArrayList<>();
    private final int[] stagedIn = new int[Topics.PARTITIONS];
    private final ArrayEncoder row = new ArrayEncoder(ROW_BYTES);
    private volatile long next;
    private long waitingBytes;

    /** Goes on behind what is in {@code store}, as {@code stream}. */
    RecordLog(
            JournalStore store,
            RecordCodec<RequestRecord> codec,
            InstantSource clock,
            String stream) {
        this.store = store;
        this.codec = codec;
        this.clock = clock;
        this.stream = stream;
        this.acknowledged = new Acknowledged(store, clock.instant());
        var last = store.lastKey(Table.RECORDS);
        this.next =
                1
                        + Math.max(
                                last == null ? 0 : JournalRecord.position(last),
                                acknowledged.position());
        this.waitingBytes = bytesFrom(acknowledged.position() + 1);
    }

    String stream() {
        return stream;
    }

    /** The position that the next record will have. Needs no lock. */
    long next() {
        return next;
    }

    /** Bytes of the records that Kafka has not acknowledged. */
    long waitingBytes() {
        return waitingBytes;
    }

    /** Puts {@code fact} into {@code batch} as the next record. */
    JournalRecord stage(JournalBatch batch, RequestFact fact) {
        var key = fact.call().caller().rootGroupId().value();
        int partition = Topics.partition(Topics.REQUESTS, key);
        long sequence = sequences[partition] + stagedIn[partition] + 1;
        long position = next + staged.size();
        var now = clock.instant();
        row.truncate(0);
        JournalRecord.writeHeader(row, now, partition, key);
        int header = row.length();
        codec.encode(new RequestRecord(stream, sequence, fact), row);
        var record = new JournalRecord(position, now, partition, key, row.toByteArray(header));
        batch.put(Table.RECORDS, JournalRecord.rowKey(position), row.toByteArray());
        staged.add(record);
        stagedIn[partition]++;
        return record;
    }

    /** What was staged is durable: the next record gets the next number. */
    void count() {
        staged.forEach(this::count);
        unstage();
    }

    /** Records staged now. */
    int staged() {
        return staged.size();
    }

    /** What was staged was not written. */
    void unstage() {
        unstage(0);
    }

    /** What was staged is not to be written, but for the first {@code kept}. */
    void unstage(int kept) {
        while (staged.size() > kept) {
            stagedIn[staged.removeLast().partition()]--;
        }
    }

    /** {@code record} is durable, though nobody thought so. */
    void adopt(JournalRecord record) {
        count(record);
    }

    private void count(JournalRecord record) {
        recent.add(record);
        sequences[record.partition()]++;
        next = record.position() + 1;
        waitingBytes += record.value().length;
    }

    RequestFact fact(JournalRecord record) {
        return codec.decode(record.value()).fact();
    }

    /** As {@link Journal#read}, from memory; empty when the first is not there any more. */
    List<JournalRecord> recent(long position, int max, long bytesMax) {
        return recent.from(position, max, bytesMax);
    }

    /** As {@link Journal#read}, from the disk. */
    List<JournalRecord> read(long position, int max, long bytesMax) {
        var records = new ArrayList<JournalRecord>();
        long[] bytes = {0};
        store.scan(
                Table.RECORDS,
                JournalRecord.rowKey(position),
                (key, row) -> {
                    records.add(JournalRecord.ofRow(key, row));
                    bytes[0] += row.length;
                    return records.size() < max && bytes[0] < bytesMax;
                });
        return records;
    }

    /** What is behind the last record that was counted: writes of which it was unknown. */
    List<JournalRecord> unexpected() {
        return read(next, Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    /** When the oldest record that Kafka does not have was written. */
    Optional<Instant> oldestWaiting() {
        long first = acknowledged.position() + 1;
        if (first >= next) {
            return Optional.empty();
        }
        var kept = recent.from(first, 1, 1);
        return (kept.isEmpty() ? read(first, 1, 1) : kept)
                .stream().findFirst().map(JournalRecord::writtenAt);
    }

    /** Records that Kafka has not acknowledged. */
    long waiting() {
        return next - 1 - acknowledged.position();
    }

    long acknowledgedPosition() {
        return acknowledged.position();
    }

    long[] acknowledgedOffsets() {
        return acknowledged.offsets();
    }

    void acknowledge(long position, long bytes, long[] offsets) {
        acknowledged.advance(position, offsets);
        recent.forget(acknowledged.position());
        waitingBytes = Math.max(0, waitingBytes - bytes);
    }

    /**
     * @param needed position of the first record that must not be forgotten yet
     */
    void saveWhenDue(Instant now, long needed) {
        if (acknowledged.saveDue(now)) {
            acknowledged.save(now, needed);
        }
    }

    void save(Instant now, long needed) {
        acknowledged.save(now, needed);
    }

    void rewind(Instant now) {
        acknowledged.rewind(now);
        waitingBytes = bytesFrom(acknowledged.position() + 1);
    }

    private long bytesFrom(long position) {
        long[] bytes = {0};
        store.scan(
                Table.RECORDS,
                JournalRecord.rowKey(position),
                (key, row) -> {
                    bytes[0] += JournalRecord.ofRow(key, row).value().length;
                    return true;
                });
        return bytes[0];
    }
}
