package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A part of an array, shared and not copied; whoever holds one must not change the array.
 *
 * @param array not copied
 * @param offset first byte
 * @param length number of bytes, 0 or more
 */
public record ByteSlice(byte[] array, int offset, int length) {
    public ByteSlice {
        Objects.checkFromIndexSize(offset, length, array.length);
    }

    public static ByteSlice of(byte[] whole) {
        return new ByteSlice(whole, 0, whole.length);
    }

    /** All slices in one array; a new one, unless there is one slice that is a whole array. */
    public static byte[] join(List<ByteSlice> slices) {
        if (slices.size() == 1 && slices.getFirst().whole()) {
            return slices.getFirst().array;
        }
        int size = 0;
        for (var slice : slices) {
            size = Math.addExact(size, slice.length);
        }
        var joined = new byte[size];
        int at = 0;
        for (var slice : slices) {
            System.arraycopy(slice.array, slice.offset, joined, at, slice.length);
            at += slice.length;
        }
        return joined;
    }

    private boolean whole() {
        return length == array.length;
    }

    /** The length only: the bytes may be a prompt. */
    @Override
    public String toString() {
        return "ByteSlice[" + length + " bytes]";
    }

    /** The bytes read as UTF-8. */
    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }
}
