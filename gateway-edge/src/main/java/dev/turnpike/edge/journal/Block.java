package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.schemas.avro.ArrayEncoder;
import java.nio.ByteBuffer;
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
            byte[] key,
            Mark mark,
            Consumer<ArrayEncoder> value) {
        int before = row.length();
        boolean added = false;
        try {
            write(mark);
            row.writeRawLong(writtenAt.toEpochMilli());
            row.writeRawShort(partition);
            row.writeRawShort(key.length);
            row.writeFixed(key, 0, key.length);
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
                row.writeRawByte(START);
                int size = row.length();
                row.writeRawInt(0);
                if (called != null) {
                    int begin = row.length();
                    called.writeTo(row);
                    row.setRawInt(size, row.length() - begin);
                }
            }
            case Mark.End(var start) -> {
                row.writeRawByte(END);
                row.writeRawLong(start);
            }
            case Mark.None _ -> row.writeRawByte(NONE);
        }
    }

    /** Puts the row into {@code batch}, which is to be written before the next record is added. */
    void putInto(JournalBatch batch, long position) {
        batch.put(Table.RECORDS, rowKey(position), row.array(), row.length());
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
