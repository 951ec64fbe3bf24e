package dev.turnpike.schemas.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.apache.avro.io.BinaryData;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.util.Utf8;

/**
 * Avro's binary encoding into one growing array, which may be used again for the next records.
 * Avro's own encoders write through a stream, a lock for each byte; a request is encoded twice, so
 * that shows. Not thread-safe.
 */
public final class ArrayEncoder extends BinaryEncoder {
    private static final int LONG_BYTES_MAX = 10;
    private static final int DOUBLE_BYTES = 8;
    private static final int ASCII_END = 0x80;
    private static final VarHandle SHORTS = bigEndian(short[].class);
    private static final VarHandle INTS = bigEndian(int[].class);
    private static final VarHandle LONGS = bigEndian(long[].class);

    private byte[] bytes;
    private int length;

    /**
     * @param capacity room at first, in bytes
     */
    public ArrayEncoder(int capacity) {
        bytes = new byte[capacity];
    }

    /** Bytes written so far. */
    public int length() {
        return length;
    }

    /**
     * Forgets what was written behind the first {@code kept} bytes.
     *
     * @throws IllegalArgumentException if there are fewer
     */
    public void truncate(int kept) {
        if (kept < 0 || kept > length) {
            throw new IllegalArgumentException(kept + " of " + length + " bytes");
        }
        length = kept;
    }

    /** The array that holds what was written, and more; the next write may change or replace it. */
    public byte[] array() {
        return bytes;
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return toByteArray(0);
    }

    /** A copy of what was written from {@code from} on. */
    public byte[] toByteArray(int from) {
        return Arrays.copyOfRange(bytes, from, length);
    }

    private static VarHandle bigEndian(Class<?> numbers) {
        return MethodHandles.byteArrayViewVarHandle(numbers, ByteOrder.BIG_ENDIAN);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    /** Writes one byte as it is. */
    public void writeRawByte(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    /** Writes two bytes, the higher first. */
    public void writeRawShort(int value) {
        room(Short.BYTES);
        SHORTS.set(bytes, length, (short) value);
        length += Short.BYTES;
    }

    /** Writes four bytes, the highest first. */
    public void writeRawInt(int value) {
        room(Integer.BYTES);
        INTS.set(bytes, length, value);
        length += Integer.BYTES;
    }

    /**
     * Writes four bytes over those at {@code at}.
     *
     * @throws IndexOutOfBoundsException if nothing was written there yet
     */
    public void setRawInt(int at, int value) {
        Objects.checkFromIndexSize(at, Integer.BYTES, length);
        INTS.set(bytes, at, value);
    }

    /** Writes eight bytes, the highest first. */
    public void writeRawLong(long value) {
        room(Long.BYTES);
        LONGS.set(bytes, length, value);
        length += Long.BYTES;
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
        int start = length;
        writeLong(text.length());
        if (!writeIfAscii(text)) {
            length = start;
            var encoded = text.getBytes(StandardCharsets.UTF_8);
            writeBytes(encoded, 0, encoded.length);
        }
    }

    /**
     * As {@link #writeString(String)}, in one copy.
     *
     * @param text known to be of ASCII alone; anything else becomes garbage
     */
    @SuppressWarnings("deprecation") // Drops the upper bytes, and there are none.
    public void writeAscii(String text) {
        int count = text.length();
        writeLong(count);
        room(count);
        text.getBytes(0, count, bytes, length);
        length += count;
    }

    /** Writes text in UTF-8 without its length. */
    public void writeRawText(String text) {
        if (!writeIfAscii(text)) {
            var encoded = text.getBytes(StandardCharsets.UTF_8);
            writeFixed(encoded, 0, encoded.length);
        }
    }

    /** Most text is; whether it was is found out while it is copied. */
    private boolean writeIfAscii(String text) {
        int count = text.length();
        room(count);
        var into = bytes;
        int at = length;
        int all = 0;
        for (int i = 0; i < count; i++) {
            char one = text.charAt(i);
            all |= one;
            into[at + i] = (byte) one;
        }
        if (all >= ASCII_END) {
            return false;
        }
        length = at + count;
        return true;
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
