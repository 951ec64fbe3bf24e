package dev.turnpike.schemas.id;

import java.time.Instant;

/** Checks {@code prefix + ULID} without a regular expression: it runs several times a request. */
final class UlidShape {
    private static final int ULID_LENGTH = 26;
    private static final int TIME_LENGTH = 10;
    private static final int BITS = 5;
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private UlidShape() {}

    /** When the ULID behind {@code prefix} was drawn: its first ten characters are milliseconds. */
    static Instant time(String prefix, String text) {
        long millis = 0;
        for (int i = prefix.length(); i < prefix.length() + TIME_LENGTH; i++) {
            millis = (millis << BITS) | CROCKFORD.indexOf(text.charAt(i));
        }
        return Instant.ofEpochMilli(millis);
    }

    static boolean matches(String prefix, String text) {
        if (text.length() != prefix.length() + ULID_LENGTH || !text.startsWith(prefix)) {
            return false;
        }
        for (int i = prefix.length(); i < text.length(); i++) {
            if (CROCKFORD.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
