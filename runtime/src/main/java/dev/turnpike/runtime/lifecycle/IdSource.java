package dev.turnpike.runtime.lifecycle;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Makes ULIDs: 26 upper-case Crockford base-32 characters that sort by time. Ids of one source
 * strictly increase, also within a millisecond and when the clock goes back. Thread-safe.
 */
public final class IdSource {
    /** Characters of one ULID. */
    public static final int LENGTH = 26;

    private static final byte[] ALPHABET =
            "0123456789ABCDEFGHJKMNPQRSTVWXYZ".getBytes(StandardCharsets.ISO_8859_1);
    private static final long LOW_BITS = 40;
    private static final long LOW_MASK = (1L << LOW_BITS) - 1;
    private static final int HALF_BYTES = 5;

    private final InstantSource clock;
    private final RandomGenerator random;
    private final byte[] drawn = new byte[2 * HALF_BYTES];
    private long lastMillis = -1;
    private long high;
    private long low;

    /**
     * @param random must be unpredictable when ids are shown to strangers
     */
    public IdSource(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** A new id, greater than every id this source made before. */
    public String next() {
        return next("");
    }

    /**
     * A new id behind {@code prefix}, such as {@code grp_}.
     *
     * @param prefix ASCII
     */
    public synchronized String next(String prefix) {
        long millis = clock.millis();
        if (millis > lastMillis) {
            lastMillis = millis;
            // The top bit stays free, so that counting on within a millisecond cannot overflow.
            random.nextBytes(drawn); // At once: each draw of a secure source is dear.
            high = bits(0) & (LOW_MASK >>> 1);
            low = bits(HALF_BYTES);
        } else {
            low = (low + 1) & LOW_MASK;
            if (low == 0) {
                high++;
            }
        }
        return encode(prefix, lastMillis, high, low);
    }

    private long bits(int from) {
        long bits = 0;
        for (int i = from; i < from + HALF_BYTES; i++) {
            bits = bits << Byte.SIZE | (drawn[i] & 0xff);
        }
        return bits;
    }

    /**
     * The ULID of a time in milliseconds and 80 bits given as two times 40, behind {@code prefix}.
     */
    static String encode(String prefix, long millis, long high, long low) {
        int at = prefix.length();
        var text = new byte[at + LENGTH];
        for (int i = 0; i < at; i++) {
            text[i] = (byte) prefix.charAt(i);
        }
        write(text, at, 10, millis);
        write(text, at + 10, 8, high);
        write(text, at + 18, 8, low);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void write(byte[] text, int from, int count, long value) {
        for (int i = from + count - 1; i >= from; i--) {
            text[i] = ALPHABET[(int) (value & 31)];
            value >>>= 5;
        }
    }
}
