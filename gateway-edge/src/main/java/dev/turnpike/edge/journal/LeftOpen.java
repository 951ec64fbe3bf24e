package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier process left open: requests whose start is among the records and whose end is
 * not, and those that have a row of {@link OpenTable}; an end that was read outweighs a row. Reads
 * once.
 */
final class LeftOpen {
    private final RecordCodec<RequestRecord> codec;
    private final RecordLog log;

    /** What was called first, by the position of the start. */
    private final Map<Long, Optional<Unfinished.Called>> starts = new TreeMap<>();

    private final List<RequestRecord> startsOfEarlierVersions = new ArrayList<>();
    private final Map<String, Unfinished.Called> calls = new HashMap<>();
    private final Map<String, Unfinished.Progress> progress = new HashMap<>();
    private final List<byte[]> rows = new ArrayList<>();

    LeftOpen(JournalStore store, RecordCodec<RequestRecord> codec, RecordLog log, long readFrom) {
        this.codec = codec;
        this.log = log;
        store.scan(
                Table.OPEN,
                new byte[0],
                (key, value) -> {
                    row(key, value);
                    return true;
                });
        log.scan(
                readFrom,
                record -> {
                    switch (record.marked()) {
                        case Mark.Start(var called) ->
                                starts.put(record.position(), Optional.ofNullable(called));
                        case Mark.End(var start) -> starts.remove(start);
                        case Mark.None _ -> {
                            // It says nothing of others.
                        }
                    }
                    return true;
                });
    }

    private void row(byte[] key, byte[] value) {
        rows.add(key);
        var id = new String(key, 0, key.length - 1, StandardCharsets.US_ASCII);
        switch (key[key.length - 1]) {
            case OpenTable.OPENED -> opened(ByteBuffer.wrap(value));
            case OpenTable.STARTED -> startsOfEarlierVersions.add(codec.decode(value));
            case OpenTable.CALLED -> calls.put(id, Unfinished.Called.of(value));
            case OpenTable.PROGRESS -> progress.put(id, Unfinished.Progress.of(value));
            default -> {
                // A letter of a later version; it goes with the others.
            }
        }
    }

    private void opened(ByteBuffer row) {
        long position = row.getLong();
        var called = new byte[row.remaining()];
        row.get(called);
        starts.put(
                position,
                called.length == 0 ? Optional.empty() : Optional.of(Unfinished.Called.of(called)));
    }

    /**
     * A request without an end.
     *
     * @param position of its start; 0 when that is unknown
     */
    record Request(long position, Unfinished unfinished) {}

    /** In order of their starts. */
    List<Request> requests() {
        var found = new ArrayList<Request>();
        startsOfEarlierVersions.forEach(record -> add(found, 0, record, null));
        starts.forEach((position, called) -> {
            for (var record : log.read(position, 1, 1)) {
                if (record.position() == position) {
                    add(found, position, codec.decode(record.value()), called.orElse(null));
                }
            }
        });
        return found;
    }

    private void add(
            List<Request> found,
            long position,
            RequestRecord record,
            Unfinished.@Nullable Called first) {
        if (record.fact() instanceof Started started) {
            var id = started.call().requestId().value();
            var called = calls.containsKey(id) ? calls.get(id) : first;
            var seen = progress.get(id);
            var unfinished = new Unfinished(record.stream(), started, called, seen);
            found.add(new Request(position, unfinished));
        }
    }

    /** Removes all rows that were found, also those of requests that had not started durably. */
    JournalBatch removal() {
        var batch = new JournalBatch();
        rows.forEach(key -> batch.delete(Table.OPEN, key));
        return batch;
    }
}
