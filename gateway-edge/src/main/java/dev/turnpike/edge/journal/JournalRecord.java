package dev.turnpike.edge.journal;

import dev.turnpike.schemas.avro.ArrayEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A record as it waits for shipping.
 *
 * @param position its place in the journal
 * @param writtenAt by the edge's clock
 * @param partition where it goes
 * @param key the record's key
 * @param value the bytes that are sent, encoded once when it was written
 */
record JournalRecord(long position, Instant writtenAt, int partition, String key, byte[] value) {
    static byte[] rowKey(long position) {
        return ByteBuffer.allocate(Long.BYTES).putLong(position).array();
    }

    static long position(byte[] rowKey) {
        return ByteBuffer.wrap(rowKey).getLong();
    }

    /** Writes what stands before the value in its row. */
    static void writeHeader(ArrayEncoder row, Instant writtenAt, int partition, String key) {
        var text = key.getBytes(StandardCharsets.UTF_8);
        row.writeRawLong(writtenAt.toEpochMilli());
        row.writeRawShort(partition);
        row.writeRawShort(text.length);
        row.writeFixed(text, 0, text.length);
    }

    static JournalRecord ofRow(byte[] rowKey, byte[] row) {
        var in = ByteBuffer.wrap(row);
        var at = Instant.ofEpochMilli(in.getLong());
        int partition = in.getShort();
        var text = new byte[in.getShort()];
        in.get(text);
        var value = new byte[in.remaining()];
        in.get(value);
        return new JournalRecord(
                position(rowKey), at, partition, new String(text, StandardCharsets.UTF_8), value);
    }
}
