package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.schemas.topic.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * How far Kafka has the journal, and what may be forgotten. Acknowledged records stay for {@link
 * #KEEP}, in case the broker loses them. Guarded by the journal's lock.
 */
final class Acknowledged {
    /** How long an acknowledged record is kept at least. */
    static final Duration KEEP = Duration.ofMinutes(10);

    /** How often at most the position is saved. */
    static final Duration SAVE_EVERY = Duration.ofSeconds(1);

    private static final byte[] POSITION = "acknowledged".getBytes(StandardCharsets.US_ASCII);
    private static final long UNKNOWN = -1;

    private final JournalStore store;
    private final long[] offsets = new long[Topics.PARTITIONS];
    private final Deque<Mark> marks = new ArrayDeque<>();
    private long position;
    private long firstKept;
    private long savedPosition;
    private Instant savedAt;

    /** Everything up to {@code position} was acknowledged by {@code at}. */
    private record Mark(long position, Instant at) {}

    Acknowledged(JournalStore store, Instant now) {
        this.store = store;
        Arrays.fill(offsets, UNKNOWN);
        var saved = store.get(Table.META, POSITION);
        if (saved != null) {
            var in = ByteBuffer.wrap(saved);
            position = in.getLong();
            for (int i = 0; i < offsets.length; i++) {
                offsets[i] = in.getLong();
            }
        }
        savedPosition = position;
        savedAt = now;
        marks.add(new Mark(position, now));
        firstKept = Math.min(position + 1, firstOfRow(0));
    }

    /** The first position of the row with {@code at}; of the last row when all are before it. */
    private long firstOfRow(long at) {
        long[] first = {Long.MAX_VALUE};
        store.scan(
                Table.RECORDS,
                Block.rowKey(at),
                (key, row) -> {
                    first[0] = Block.position(key);
                    return false;
                });
        return first[0];
    }

    /** The last acknowledged position; 0 before any. */
    long position() {
        return position;
    }

    long firstKept() {
        return firstKept;
    }

    /** Last known offset of each partition of what was acknowledged there, -1 when unknown. */
    long[] offsets() {
        return offsets.clone();
    }

    void advance(long to, long[] newOffsets) {
        position = Math.max(position, to);
        System.arraycopy(newOffsets, 0, offsets, 0, offsets.length);
    }

    /** Whether {@link #save} has something to do. */
    boolean saveDue(Instant now) {
        return position != savedPosition
                && !now.isBefore(savedAt)
                && Duration.between(savedAt, now).compareTo(SAVE_EVERY) >= 0;
    }

    /**
     * Writes {@code batch} and with it the position, and forgets what has been kept long enough:
     * whole rows only, so some records stay a little longer.
     *
     * @param needed position of the first record that must not be forgotten, however old
     */
    void save(JournalBatch batch, Instant now, long needed) {
        batch.put(Table.META, POSITION, bytes(position, offsets));
        long forget = 0;
        for (var mark : marks) {
            if (mark.at().plus(KEEP).isAfter(now)) {
                break;
            }
            forget = Math.min(mark.position(), needed - 1);
        }
        long kept = forget < firstKept ? firstKept : firstOfRow(forget + 1);
        if (kept > firstKept) {
            batch.deleteRange(Table.RECORDS, Block.rowKey(firstKept), Block.rowKey(kept));
        }
        store.write(batch);
        firstKept = kept;
        marks.removeIf(mark -> mark.position() < kept && mark.position() < position);
        marks.add(new Mark(position, now));
        savedPosition = position;
        savedAt = now;
    }

    /** Counts everything still kept as not acknowledged, durably, so that it is sent again. */
    void rewind(Instant now) {
        long back = firstKept - 1;
        var unknown = new long[offsets.length];
        Arrays.fill(unknown, UNKNOWN);
        store.write(new JournalBatch().put(Table.META, POSITION, bytes(back, unknown)).sync());
        position = back;
        Arrays.fill(offsets, UNKNOWN);
        marks.clear();
        marks.add(new Mark(position, now));
        savedPosition = position;
        savedAt = now;
    }

    private static byte[] bytes(long position, long[] offsets) {
        var out = ByteBuffer.allocate((1 + offsets.length) * Long.BYTES).putLong(position);
        for (long offset : offsets) {
            out.putLong(offset);
        }
        return out.array();
    }
}
