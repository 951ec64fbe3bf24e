package dev.turnpike.schemas.avro;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.io.BinaryData;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.util.Utf8;

/**
 * Avro's binary encoding into one growing array. Avro's own encoders write through a stream, a lock
 * for each byte; a request is encoded twice, so that shows. One thread, one record.
 */
final class ArrayEncoder extends BinaryEncoder {
    private static final int LONG_BYTES_MAX = 10;
    private static final int DOUBLE_BYTES = 8;

    private byte[] bytes;
    private int length;

    /**
     * @param capacity room at first, in bytes
     */
    ArrayEncoder(int capacity) {
        bytes = new byte[capacity];
    }

    /** What was written. */
    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    void writeRawByte(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    void writeRawInt(int value) {
        room(Integer.BYTES);
        ByteBuffer.wrap(bytes, length, Integer.BYTES).putInt(value);
        length += Integer.BYTES;
    }

    @Override
    public void writeBoolean(boolean value) {
        writeRawByte(value ? 1 : 0);
    }

    @Override
    public void writeInt(int value) {
        writeLong(value);
    }

    @Override
    public void writeLong(long value) {
        room(LONG_BYTES_MAX);
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7FL) != 0) {
            bytes[length++] = (byte) (zigzag | 0x80);
            zigzag >>>= 7;
        }
        bytes[length++] = (byte) zigzag;
    }

    @Override
    public void writeFloat(float value) {
        room(Float.BYTES);
        length += BinaryData.encodeFloat(value, bytes, length);
    }

    @Override
    public void writeDouble(double value) {
        room(DOUBLE_BYTES);
        length += BinaryData.encodeDouble(value, bytes, length);
    }

    @Override
    public void writeString(String text) {
        // The runtime copies what is ASCII anyway.
        var encoded = text.getBytes(StandardCharsets.UTF_8);
        writeBytes(encoded, 0, encoded.length);
    }

    @Override
    public void writeString(Utf8 text) {
        writeBytes(text.getBytes(), 0, text.getByteLength());
    }

    @Override
    public void writeBytes(byte[] value, int from, int count) {
        writeLong(count);
        writeFixed(value, from, count);
    }

    @Override
    public void writeBytes(ByteBuffer value) {
        writeLong(value.remaining());
        writeFixed(value);
    }

    @Override
    public void writeFixed(byte[] value, int from, int count) {
        room(count);
        System.arraycopy(value, from, bytes, length, count);
        length += count;
    }

    @Override
    public void writeFixed(ByteBuffer value) {
        int count = value.remaining();
        room(count);
        value.duplicate().get(bytes, length, count);
        length += count;
    }

    @Override
    protected void writeZero() {
        writeRawByte(0);
    }

    @Override
    public int bytesBuffered() {
        return 0;
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }
}
