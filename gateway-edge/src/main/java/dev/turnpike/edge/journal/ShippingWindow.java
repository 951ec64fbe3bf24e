package dev.turnpike.edge.journal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What is on its way to Kafka: records leave in journal order, acknowledgements come back in any
 * order, and only what has no gap below it counts as acknowledged. A session is one producer; after
 * any failure a new session begins at the first record without acknowledgement. Pure; not
 * thread-safe.
 */
final class ShippingWindow {
    /** Records on their way at once. */
    static final int RECORDS_MAX = 2_000;

    /** Bytes on their way at once; one more record may pass it. */
    static final long BYTES_MAX = 8L << 20;

    private static final long UNKNOWN = -1;

    private final Deque<Flight> inOrder = new ArrayDeque<>();
    private final Map<Long, Flight> byPosition = new HashMap<>();
    private final long[] offsets;
    private long acknowledged;
    private long next;
    private long bytes;
    private long freedBytes;
    private int session;
    private boolean wentBack;

    private static final class Flight {
        private final long position;
        private final int partition;
        private final long bytes;
        private boolean arrived;
        private long offset = UNKNOWN;

        Flight(long position, int partition, long bytes) {
            this.position = position;
            this.partition = partition;
            this.bytes = bytes;
        }
    }

    /**
     * @param acknowledged last acknowledged position
     * @param offsets last known offset of each partition, -1 when unknown
     */
    ShippingWindow(long acknowledged, long[] offsets) {
        this.acknowledged = acknowledged;
        this.next = acknowledged + 1;
        this.offsets = offsets.clone();
    }

    /** The session whose acknowledgements count. */
    int session() {
        return session;
    }

    /** The position to send next. */
    long next() {
        return next;
    }

    /** Everything up to here, without a gap, is acknowledged. */
    long acknowledged() {
        return acknowledged;
    }

    /** Last known offset of what is acknowledged in each partition, -1 when unknown. */
    long[] offsets() {
        return offsets.clone();
    }

    boolean empty() {
        return inOrder.isEmpty();
    }

    boolean hasRoom() {
        return inOrder.size() < RECORDS_MAX && bytes < BYTES_MAX;
    }

    /**
     * Notes that the record at {@link #next} leaves.
     *
     * @throws IllegalStateException if it is another one
     */
    void sent(long position, int partition, long recordBytes) {
        if (position != next) {
            throw new IllegalStateException("sent " + position + " instead of " + next);
        }
        var flight = new Flight(position, partition, recordBytes);
        inOrder.addLast(flight);
        byPosition.put(position, flight);
        bytes += recordBytes;
        next++;
    }

    /** Notes an acknowledgement; repeated ones and those of an earlier session change nothing. */
    void arrived(int ofSession, long position, long offset) {
        var flight = ofSession == session ? byPosition.get(position) : null;
        if (flight == null || flight.arrived) {
            return;
        }
        flight.arrived = true;
        flight.offset = offset;
        for (var head = inOrder.peekFirst();
                head != null && head.arrived;
                head = inOrder.peekFirst()) {
            inOrder.removeFirst();
            byPosition.remove(head.position);
            acknowledged = head.position;
            bytes -= head.bytes;
            freedBytes += head.bytes;
            advance(head.partition, head.offset);
        }
    }

    private void advance(int partition, long offset) {
        if (offset == UNKNOWN) {
            return;
        }
        // Later records have higher offsets; otherwise the broker has lost the ones between.
        wentBack |= offset <= offsets[partition];
        offsets[partition] = offset;
    }

    /** Whether a partition gave an offset again that it had given before. */
    boolean wentBack() {
        return wentBack;
    }

    /** Bytes acknowledged since the last call. */
    long takeFreedBytes() {
        long freed = freedBytes;
        freedBytes = 0;
        return freed;
    }

    /** Begins a session: everything without acknowledgement is to be sent again. */
    void restart() {
        session++;
        inOrder.clear();
        byPosition.clear();
        bytes = 0;
        next = acknowledged + 1;
    }
}
