package dev.turnpike.edge.journal;

/**
 * What is on its way to Kafka: records leave in journal order, acknowledgements come back in any
 * order, and only what has no gap below it counts as acknowledged. A session is one producer; after
 * any failure a new session begins at the first record without acknowledgement. Pure; not
 * thread-safe.
 */
final class ShippingWindow {
    /** Records on their way at once. */
    static final int RECORDS_MAX = 4_000;

    /** Bytes on their way at once; one more record may pass it. */
    static final long BYTES_MAX = 8L << 20;

    private static final long UNKNOWN = -1;
    private static final long UNDER_WAY = -2;

    /** Of each record on its way, at its position in the ring; they have consecutive positions. */
    private final int[] partitions = new int[RECORDS_MAX];

    private final long[] sizes = new long[RECORDS_MAX];
    private final long[] arrivedAs = new long[RECORDS_MAX];
    private final long[] offsets;
    private long acknowledged;
    private long next;
    private long bytes;
    private long freedBytes;
    private int session;
    private boolean wentBack;

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
        return next == acknowledged + 1;
    }

    boolean hasRoom() {
        return next - acknowledged <= RECORDS_MAX && bytes < BYTES_MAX;
    }

    /**
     * Notes that the record at {@link #next} leaves.
     *
     * @throws IllegalStateException if it is another one, or too many are under way
     */
    void sent(long position, int partition, long recordBytes) {
        if (position != next) {
            throw new IllegalStateException("sent " + position + " instead of " + next);
        }
        if (position - acknowledged > RECORDS_MAX) {
            throw new IllegalStateException("no room for " + position);
        }
        int at = index(position);
        partitions[at] = partition;
        sizes[at] = recordBytes;
        arrivedAs[at] = UNDER_WAY;
        bytes += recordBytes;
        next++;
    }

    /** Notes an acknowledgement; repeated ones and those of an earlier session change nothing. */
    void arrived(int ofSession, long position, long offset) {
        boolean expected = ofSession == session && position > acknowledged && position < next;
        if (!expected || arrivedAs[index(position)] != UNDER_WAY) {
            return;
        }
        arrivedAs[index(position)] = Math.max(offset, UNKNOWN);
        while (acknowledged + 1 < next && arrivedAs[index(acknowledged + 1)] != UNDER_WAY) {
            acknowledged++;
            int at = index(acknowledged);
            bytes -= sizes[at];
            freedBytes += sizes[at];
            advance(partitions[at], arrivedAs[at]);
        }
    }

    private static int index(long position) {
        return (int) (position % RECORDS_MAX);
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
        bytes = 0;
        next = acknowledged + 1;
    }
}
