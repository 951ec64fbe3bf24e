package dev.turnpike.edge.journal;

import dev.turnpike.schemas.avro.ArrayEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * The records of one write on their way into one row: a row for each would cost a call into RocksDB
 * and a place in its table each. The row's key is the first position, and the others follow one by
 * one. Used again for the next write; not thread-safe. {@link BlockReader} reads it.
 */
final class Block {
    /** First byte of a row; rows of earlier versions begin with a zero, and hold one record. */
    static final byte FORMAT = 1;

    static final byte NONE = 0;
    static final byte START = 1;
    static final byte END = 2;

    /** Most rows fit. */
    private static final int ROW_BYTES = 16 << 10;

    private final ArrayEncoder row = new ArrayEncoder(ROW_BYTES);

    Block() {
        clear();
    }

    /** Forgets all records. */
    void clear() {
        row.truncate(0);
        row.writeRawByte(FORMAT);
    }

    /** Where the next record will begin. */
    int length() {
        return row.length();
    }

    /** Forgets the records from {@code length} on. */
    void truncate(int length) {
        row.truncate(length);
    }

    /**
     * Adds a record. If {@code value} throws, the block stays as it was.
     *
     * @param value writes the record's value
     * @return the record
     */
    JournalRecord add(
            long position,
            Instant writtenAt,
            int partition,
            String key,
            Mark mark,
            Consumer<ArrayEncoder> value) {
        int before = row.length();
        boolean added = false;
        try {
            write(mark);
            var text = key.getBytes(StandardCharsets.UTF_8);
            row.writeRawLong(writtenAt.toEpochMilli());
            row.writeRawShort(partition);
            row.writeRawShort(text.length);
            row.writeFixed(text, 0, text.length);
            int size = row.length();
            row.writeRawInt(0);
            int begin = row.length();
            value.accept(row);
            row.setRawInt(size, row.length() - begin);
            var record =
                    new JournalRecord(position, writtenAt, partition, key, row.toByteArray(begin));
            added = true;
            return record;
        } finally {
            if (!added) {
                row.truncate(before);
            }
        }
    }

    private void write(Mark mark) {
        switch (mark) {
            case Mark.Start(var called) -> {
                var bytes = called == null ? new byte[0] : called.toBytes();
                row.writeRawByte(START);
                row.writeRawInt(bytes.length);
                row.writeFixed(bytes, 0, bytes.length);
            }
            case Mark.End(var start) -> {
                row.writeRawByte(END);
                row.writeRawLong(start);
            }
            case Mark.None _ -> row.writeRawByte(NONE);
        }
    }

    /** The row's value. */
    byte[] toRow() {
        return row.toByteArray();
    }

    /** The key of the row whose first record is at {@code position}. */
    static byte[] rowKey(long position) {
        return ByteBuffer.allocate(Long.BYTES).putLong(position).array();
    }

    /** The position of the first record of the row at {@code rowKey}. */
    static long position(byte[] rowKey) {
        return ByteBuffer.wrap(rowKey).getLong();
    }
}
