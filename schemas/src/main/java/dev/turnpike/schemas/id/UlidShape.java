package dev.turnpike.schemas.id;

/** Checks {@code prefix + ULID} without a regular expression: it runs several times a request. */
final class UlidShape {
    private static final int ULID_LENGTH = 26;
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private UlidShape() {}

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
