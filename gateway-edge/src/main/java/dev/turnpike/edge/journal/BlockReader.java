package dev.turnpike.edge.journal;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * Reads a row of records, one after the other; also the rows of earlier versions, which hold one
 * record without a mark. One thread.
 */
final class BlockReader {
    private final ByteBuffer in;
    private long next;
    private boolean alone;
    private int mark;
    private int header;
    private int value;
    private int end;

    BlockReader(byte[] rowKey, byte[] row) {
        next = Block.position(rowKey);
        in = ByteBuffer.wrap(row);
    }

    /** Goes to the next record; false when there is none. */
    boolean next() {
        in.position(end);
        if (!in.hasRemaining()) {
            return false;
        }
        if (end == 0) {
            alone = alone(in.get(0));
            in.position(alone ? 0 : 1);
        }
        mark = in.position();
        if (!alone) {
            skipMark();
        }
        header = in.position();
        skip(Long.BYTES + Short.BYTES);
        skip(in.getShort());
        int size = alone ? in.remaining() : in.getInt();
        value = in.position();
        end = value + size;
        next++;
        return true;
    }

    /** Whether a row that begins so is of an earlier version. */
    private static boolean alone(byte first) {
        return switch (first) {
            case Block.FORMAT -> false;
            case 0 -> true;
            default -> throw later(first);
        };
    }

    private static IllegalStateException later(byte found) {
        return new IllegalStateException("a journal of a later version: " + found);
    }

    private void skipMark() {
        byte kind = in.get();
        switch (kind) {
            case Block.START -> skip(in.getInt());
            case Block.END -> skip(Long.BYTES);
            case Block.NONE -> {
                // It says nothing more.
            }
            default -> throw later(kind);
        }
    }

    private void skip(int bytes) {
        in.position(in.position() + bytes);
    }

    /** Position of the record. */
    long position() {
        return next - 1;
    }

    /** What the record says of which requests are open. */
    Mark marked() {
        if (alone) {
            return Mark.None.INSTANCE;
        }
        in.position(mark);
        byte kind = in.get();
        return switch (kind) {
            case Block.START -> {
                var called = new byte[in.getInt()];
                in.get(called);
                yield new Mark.Start(called.length == 0 ? null : Unfinished.Called.of(called));
            }
            case Block.END -> new Mark.End(in.getLong());
            case Block.NONE -> Mark.None.INSTANCE;
            default -> throw later(kind);
        };
    }

    /** Size of the record's value. */
    int valueBytes() {
        return end - value;
    }

    /** The record. */
    JournalRecord record() {
        in.position(header);
        var at = Instant.ofEpochMilli(in.getLong());
        int partition = in.getShort();
        var key = new byte[in.getShort()];
        in.get(key);
        var bytes = new byte[valueBytes()];
        in.get(value, bytes);
        return new JournalRecord(position(), at, partition, key, bytes);
    }
}
