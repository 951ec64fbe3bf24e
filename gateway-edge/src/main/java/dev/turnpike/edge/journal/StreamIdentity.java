package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Names the stream of one start: the edge and its incarnation. */
final class StreamIdentity {
    private static final byte[] EDGE = "edge".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INCARNATION = "incarnation".getBytes(StandardCharsets.US_ASCII);

    private StreamIdentity() {}

    /**
     * Draws the next incarnation and makes it durable. A new directory begins at the clock's
     * seconds rather than at 1, so that an edge id given by hand, moved to an empty disk, does not
     * repeat a stream whose records would then be dropped as duplicates.
     */
    static String next(
            JournalStore store, Optional<String> given, Supplier<String> newEdgeId, Instant now) {
        var batch = new JournalBatch().sync();
        var kept = store.get(Table.META, EDGE);
        var edge =
                given.orElseGet(() ->
                        kept == null ? newEdgeId.get() : new String(kept, StandardCharsets.UTF_8));
        var last = store.get(Table.META, INCARNATION);
        long incarnation =
                last == null
                        ? Math.max(1, now.getEpochSecond())
                        : ByteBuffer.wrap(last).getLong() + 1;
        batch.put(Table.META, EDGE, edge.getBytes(StandardCharsets.UTF_8));
        batch.put(
                Table.META,
                INCARNATION,
                ByteBuffer.allocate(Long.BYTES).putLong(incarnation).array());
        store.write(batch);
        return edge + '/' + incarnation;
    }
}
