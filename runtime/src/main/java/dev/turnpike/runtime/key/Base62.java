package dev.turnpike.runtime.key;

import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import java.util.zip.CRC32;

/** Base 62 over {@code 0-9A-Za-z}, and the checksum written in it. */
final class Base62 {
    static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** Characters of a checksum: 62^6 is more than 2^32. */
    static final int CHECKSUM_LENGTH = 6;

    /** Bytes at or above this are drawn again, or the first letters would be likelier. */
    private static final int UNBIASED_BELOW = 256 / 62 * 62;

    /** By character: comparing random ones with ranges makes a processor guess wrong at each. */
    private static final boolean[] CONTAINED = new boolean[128];

    static {
        ALPHABET.chars().forEach(c -> CONTAINED[c] = true);
    }

    private Base62() {}

    /** Whether {@code c} is one of the 62. */
    static boolean contains(char c) {
        return c < CONTAINED.length && CONTAINED[c];
    }

    /**
     * Draws {@code count} characters, each equally likely.
     *
     * @param bytes gives values from 0 to 255, each equally likely
     */
    static String draw(int count, IntSupplier bytes) {
        var text = new StringBuilder(count);
        while (text.length() < count) {
            int value = bytes.getAsInt();
            if (value < UNBIASED_BELOW) {
                text.append(ALPHABET.charAt(value % 62));
            }
        }
        return text.toString();
    }

    /** CRC-32 (IEEE) of the ASCII of {@code text}, padded on the left with {@code 0}. */
    static String checksum(String text) {
        long left = crc(text, text.length());
        var digits = new char[CHECKSUM_LENGTH];
        for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
            digits[i] = ALPHABET.charAt((int) (left % 62));
            left /= 62;
        }
        return new String(digits);
    }

    /**
     * Whether ASCII ends with the checksum of what stands before it.
     *
     * @param text longer than a checksum
     */
    static boolean endsWithChecksum(String text) {
        int end = text.length() - CHECKSUM_LENGTH;
        long left = crc(text, end);
        boolean right = true;
        for (int i = text.length() - 1; i >= end; i--) {
            right &= text.charAt(i) == ALPHABET.charAt((int) (left % 62));
            left /= 62;
        }
        return right;
    }

    private static long crc(String text, int length) {
        var crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1), 0, length);
        return crc.getValue();
    }
}
