package dev.turnpike.edge.upstream;

/** The character classes of RFC 9110 and 9112. */
final class HttpText {
    private static final boolean[] TOKEN = tokenTable();

    private HttpText() {}

    static boolean tokenByte(byte b) {
        return b > 0 && TOKEN[b];
    }

    static boolean token(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7e || !TOKEN[c]) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static boolean fieldValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c > 0x7e) {
                return false;
            }
        }
        return true;
    }

    /** A request target: visible ASCII, beginning with a slash. */
    static boolean requestTarget(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > 0x7e || c == '#') {
                return false;
            }
        }
        return text.startsWith("/");
    }

    /**
     * Whether {@code length} bytes at {@code from} equal lower-case {@code name}, ignoring case.
     */
    static boolean equalsIgnoreCase(byte[] bytes, int from, int length, String name) {
        if (length != name.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int b = bytes[from + i];
            if (b >= 'A' && b <= 'Z') {
                b += 'a' - 'A';
            }
            if (b != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean[] tokenTable() {
        var table = new boolean[128];
        var marks = "!#$%&'*+-.^_`|~";
        for (int c = 0; c < table.length; c++) {
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            table[c] = letter || (c >= '0' && c <= '9') || marks.indexOf(c) >= 0;
        }
        return table;
    }
}
