package dev.turnpike.runtime.key;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * An API key as its holder sees it: {@code {brand}_{12 base62}.{32 base62}{6 base62 CRC-32}}. The
 * part before the dot is public and names the key; the rest is secret, so this prints as its prefix
 * only.
 *
 * @param prefix the public part, without the dot
 * @param whole the whole key
 */
public record ApiKeyText(String prefix, String whole) {
    /** Characters of any presented key that are looked at; a longer one is wrong. */
    public static final int LENGTH_MAX = 512;

    /** First characters by which a key that is not of our own form is found. */
    public static final int FOREIGN_PREFIX_LENGTH = 16;

    static final int ID_LENGTH = 12;
    static final int SECRET_LENGTH = 32;

    private static final int TAIL_LENGTH = SECRET_LENGTH + Base62.CHECKSUM_LENGTH;
    private static final int BRAND_LENGTH_MAX = 16;

    /**
     * A new key. The secret has 190 bits.
     *
     * @param brand 1 to 16 lower-case letters and digits, a letter first
     * @param random must be cryptographically strong
     * @throws IllegalArgumentException if the brand has another shape
     */
    public static ApiKeyText generate(String brand, RandomGenerator random) {
        return assemble(brand, () -> random.nextInt(256));
    }

    /**
     * The key that belongs to {@code seed}: the same seed always gives the same key, so a retried
     * creation repeats its answer without anything being stored.
     *
     * @param seed a secret of at least 32 bytes, unique to the creation
     * @throws IllegalArgumentException if the brand has another shape or the seed is short
     */
    public static ApiKeyText derive(String brand, byte[] seed) {
        if (seed.length < 32) {
            throw new IllegalArgumentException("seed shorter than 32 bytes");
        }
        return assemble(brand, new Stream(new HmacSha256(seed)));
    }

    /** The key, or empty when {@code text} has another shape or checksum. Never throws. */
    public static Optional<ApiKeyText> parse(String text) {
        int dot = text.length() - TAIL_LENGTH - 1;
        int brandEnd = dot - ID_LENGTH - 1;
        if (brandEnd < 1
                || text.length() > LENGTH_MAX
                || text.charAt(dot) != '.'
                || text.charAt(brandEnd) != '_'
                || !brand(text, brandEnd)
                || !allBase62(text, brandEnd + 1, dot)
                || !allBase62(text, dot + 1, text.length())) {
            return Optional.empty();
        }
        return Base62.endsWithChecksum(text)
                ? Optional.of(new ApiKeyText(text.substring(0, dot), text))
                : Optional.empty();
    }

    /**
     * What to look up for a presented key: the prefix of a key of our form, the first {@value
     * #FOREIGN_PREFIX_LENGTH} characters of any other (keys registered by their holders), the text
     * itself when it is shorter.
     */
    public static String lookupPrefix(String presented) {
        return parse(presented)
                .map(ApiKeyText::prefix)
                .orElseGet(() ->
                        presented.substring(
                                0, Math.min(FOREIGN_PREFIX_LENGTH, presented.length())));
    }

    /**
     * Brand of management keys, which never work for inference.
     *
     * @param keyBrand of keys for inference, such as {@code tp}
     */
    public static String managementBrand(String keyBrand) {
        return keyBrand + "m";
    }

    /** The part before the underscore. */
    public String brand() {
        return prefix.substring(0, prefix.length() - ID_LENGTH - 1);
    }

    @Override
    public String toString() {
        return prefix + ".[secret]";
    }

    private static ApiKeyText assemble(String brand, IntSupplier bytes) {
        if (!brand(brand, brand.length())) {
            throw new IllegalArgumentException("not a key brand: " + brand);
        }
        var prefix = brand + "_" + Base62.draw(ID_LENGTH, bytes);
        var unchecked = prefix + "." + Base62.draw(SECRET_LENGTH, bytes);
        return new ApiKeyText(prefix, unchecked + Base62.checksum(unchecked));
    }

    /** Whether {@code text} up to {@code end} is a brand. */
    private static boolean brand(String text, int end) {
        if (end < 1 || end > BRAND_LENGTH_MAX || !lowerCase(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < end; i++) {
            char c = text.charAt(i);
            if (!lowerCase(c) && (c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }

    private static boolean lowerCase(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean allBase62(String text, int from, int to) {
        boolean all = true;
        for (int i = from; i < to; i++) {
            all &= Base62.contains(text.charAt(i));
        }
        return all;
    }

    /** The bytes of HMAC-SHA-256 over a counter. */
    private static final class Stream implements IntSupplier {
        private final HmacSha256 mac;
        private byte[] block = new byte[0];
        private int next;
        private int counter;

        Stream(HmacSha256 mac) {
            this.mac = mac;
        }

        @Override
        public int getAsInt() {
            if (next == block.length) {
                block = mac.of(ByteBuffer.allocate(4).putInt(counter++).array());
                next = 0;
            }
            return block[next++] & 0xff;
        }
    }
}
