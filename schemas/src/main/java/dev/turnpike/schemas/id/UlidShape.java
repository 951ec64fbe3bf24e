package dev.turnpike.schemas.id;

import java.time.Instant;
import java.util.UUID;

/** Checks {@code prefix + ULID} without a regular expression: it runs several times a request. */
final class UlidShape {
    private static final int ULID_LENGTH = 26;
    private static final int TIME_LENGTH = 10;
    private static final int BITS = 5;
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /** By character. */
    private static final boolean[] CONTAINED = new boolean[128];

    static {
        CROCKFORD.chars().forEach(c -> CONTAINED[c] = true);
    }

    private UlidShape() {}

    /** When the ULID behind {@code prefix} was drawn: its first ten characters are milliseconds. */
    static Instant time(String prefix, String text) {
        long millis = 0;
        for (int i = prefix.length(); i < prefix.length() + TIME_LENGTH; i++) {
            millis = (millis << BITS) | CROCKFORD.indexOf(text.charAt(i));
        }
        return Instant.ofEpochMilli(millis);
    }

    /**
     * The ULID behind {@code prefix} as a UUID of version 7: both begin with 48 bits of time, and
     * of the other 80 six give way to version and variant.
     */
    static UUID uuid(String prefix, String text) {
        long high = 0;
        long low = 0;
        for (int i = prefix.length(); i < text.length(); i++) {
            high = (high << BITS) | (low >>> (Long.SIZE - BITS));
            low = (low << BITS) | CROCKFORD.indexOf(text.charAt(i));
        }
        return new UUID((high & ~0xf000L) | 0x7000L, (low & (-1L >>> 2)) | Long.MIN_VALUE);
    }

    static boolean matches(String prefix, String text) {
        if (text.length() != prefix.length() + ULID_LENGTH || !text.startsWith(prefix)) {
            return false;
        }
        boolean all = true;
        for (int i = prefix.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            all &= c < CONTAINED.length && CONTAINED[c];
        }
        return all;
    }
}
