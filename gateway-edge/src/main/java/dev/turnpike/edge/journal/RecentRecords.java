package dev.turnpike.edge.journal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last records of the journal that Kafka does not have, so that shipping them need not read the
 * disk. They have consecutive positions: one that does not follow the last replaces all. Guarded by
 * the journal's lock.
 */
final class RecentRecords {
    /** Records kept; the oldest goes first. */
    static final int MAX = 4_096;

    private final @Nullable JournalRecord[] ring = new @Nullable JournalRecord[MAX];
    private long first;
    private long end;

    void add(JournalRecord record) {
        if (record.position() != end) {
            first = record.position();
        }
        ring[index(record.position())] = record;
        end = record.position() + 1;
        first = Math.max(first, end - MAX);
    }

    /** Drops the records up to {@code position}, so that no collection copies them any more. */
    void forget(long position) {
        while (first <= position && first < end) {
            ring[index(first)] = null;
            first++;
        }
    }

    /**
     * Records from {@code position} on, in order; none when the one at {@code position} is not
     * here.
     *
     * @param bytesMax enough values to pass this many bytes end the answer; one always comes
     */
    List<JournalRecord> from(long position, int max, long bytesMax) {
        if (position < first || position >= end) {
            return List.of();
        }
        var records = new ArrayList<JournalRecord>((int) Math.min(max, end - position));
        long bytes = 0;
        for (long at = position; at < end && records.size() < max && bytes < bytesMax; at++) {
            var record = ring[index(at)];
            if (record == null) {
                throw new IllegalStateException("no record at " + at);
            }
            records.add(record);
            bytes += record.value().length;
        }
        return records;
    }

    private static int index(long position) {
        return (int) (position % MAX);
    }
}
