package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The records in shipping order: which number the next one has, and how much Kafka does not have.
 * Records are staged, written together as one row, and only then counted, so that their numbers are
 * used again when the write failed. Guarded by the journal's lock; only {@link #read} and {@link
 * #next} need none.
 */
final class RecordLog {
    private final JournalStore store;
    private final RecordCodec<RequestRecord> codec;
    private final InstantSource clock;
    private final String stream;
    private final Acknowledged acknowledged;
    private final RecentRecords recent = new RecentRecords();
    private final long[] sequences = new long[Topics.PARTITIONS];
    private final List<Staged> staged = new ArrayList<>();
    private final Block block = new Block();
    private final int[] stagedIn = new int[Topics.PARTITIONS];

    /** Of all that is staged: it is one write. */
    private Instant writtenAt;

    private volatile long next;
    private long waitingBytes;

    /** A record that is not written yet, and where it begins in the block. */
    private record Staged(JournalRecord record, int from) {}

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
        this.writtenAt = clock.instant();
        this.acknowledged = new Acknowledged(store, writtenAt);
        this.next = 1 + Math.max(lastPosition(), acknowledged.position());
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

    /**
     * Stages {@code fact} as the next record; {@link #seal} puts all that are staged in a batch.
     */
    JournalRecord stage(RequestFact fact, Mark mark) {
        if (staged.isEmpty()) {
            block.clear(); // Of what could not be staged for lack of memory, say.
            writtenAt = clock.instant();
        }
        var key = fact.call().caller().rootGroupId().value().getBytes(StandardCharsets.UTF_8);
        int partition = Topics.partition(Topics.REQUESTS, key);
        long sequence = sequences[partition] + stagedIn[partition] + 1;
        var value = new RequestRecord(stream, sequence, fact);
        int from = block.length();
        var record =
                block.add(
                        next + staged.size(),
                        writtenAt,
                        partition,
                        key,
                        mark,
                        row -> codec.encode(value, row));
        staged.add(new Staged(record, from));
        stagedIn[partition]++;
        return record;
    }

    /** Puts what is staged into {@code batch}, as one row. */
    void seal(JournalBatch batch) {
        if (!staged.isEmpty()) {
            block.putInto(batch, next);
        }
    }

    /** What was staged is durable: the next record gets the next number. */
    void count() {
        staged.forEach(one -> count(one.record()));
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
            var last = staged.removeLast();
            stagedIn[last.record().partition()]--;
            block.truncate(last.from());
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
        scan(
                position,
                row -> {
                    records.add(row.record());
                    bytes[0] += row.valueBytes();
                    return records.size() < max && bytes[0] < bytesMax;
                });
        return records;
    }

    /** Visits the records from {@code position} on, in order, until {@code visitor} says no. */
    void scan(long position, Predicate<BlockReader> visitor) {
        store.scan(
                Table.RECORDS,
                Block.rowKey(position),
                (key, row) -> {
                    var reader = new BlockReader(key, row);
                    boolean more = true;
                    while (more && reader.next()) {
                        more = reader.position() < position || visitor.test(reader);
                    }
                    return more;
                });
    }

    private long lastPosition() {
        var last = store.lastKey(Table.RECORDS);
        long[] position = {0};
        if (last != null) {
            scan(
                    Block.position(last),
                    row -> {
                        position[0] = row.position();
                        return true;
                    });
        }
        return position[0];
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

    /** Whether {@link #save} has something to do. */
    boolean saveDue(Instant now) {
        return acknowledged.saveDue(now);
    }

    /**
     * Writes {@code batch} and with it what was acknowledged, and forgets old records.
     *
     * @param needed position of the first record that must not be forgotten yet
     */
    void save(JournalBatch batch, Instant now, long needed) {
        acknowledged.save(batch, now, needed);
    }

    void rewind(Instant now) {
        acknowledged.rewind(now);
        waitingBytes = bytesFrom(acknowledged.position() + 1);
    }

    private long bytesFrom(long position) {
        long[] bytes = {0};
        scan(
                position,
                row -> {
                    bytes[0] += row.valueBytes();
                    return true;
                });
        return bytes[0];
    }
}
