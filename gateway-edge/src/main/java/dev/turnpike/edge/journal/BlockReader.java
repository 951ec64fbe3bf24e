package dev.turnpike.edge.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Reads a row of records, one after the other; also the rows of earlier versions, which hold one
 * record without a mark. One thread.
 */
final class BlockReader {
    private final ByteBuffer in;
    private long next;
    private Mark mark = Mark.None.INSTANCE;
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
        boolean alone = end == 0 && in.get(0) != Block.FORMAT;
        if (end == 0 && !alone) {
            in.get();
        }
        mark = alone ? Mark.None.INSTANCE : mark();
        header = in.position();
        skip(Long.BYTES + Short.BYTES);
        skip(in.getShort());
        int size = alone ? in.remaining() : in.getInt();
        value = in.position();
        end = value + size;
        next++;
        return true;
    }

    private Mark mark() {
        byte kind = in.get();
        return switch (kind) {
            case Block.START -> {
                var called = new byte[in.getInt()];
                in.get(called);
                yield new Mark.Start(called.length == 0 ? null : Unfinished.Called.of(called));
            }
            case Block.END -> new Mark.End(in.getLong());
            case Block.NONE -> Mark.None.INSTANCE;
            default -> throw new IllegalStateException("a journal of a later version: " + kind);
        };
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
        return mark;
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
        var text = new byte[in.getShort()];
        in.get(text);
        var bytes = new byte[valueBytes()];
        in.get(value, bytes);
        return new JournalRecord(
                position(), at, partition, new String(text, StandardCharsets.UTF_8), bytes);
    }
}
