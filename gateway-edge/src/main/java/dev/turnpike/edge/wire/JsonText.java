package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;

/** Strings as they stand in JSON: the bytes between two quotes, and back. */
public final class JsonText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /**
     * The string that stands between two quotes. The bytes must have been scanned before; bytes
     * that are not UTF-8 become U+FFFD, lone surrogate escapes stay as they are.
     */
    public static String decode(byte[] json, int from, int to) {
        int escape = from;
        while (escape < to && json[escape] != '\\') {
            escape++;
        }
        if (escape == to) {
            return new String(json, from, to - from, StandardCharsets.UTF_8);
        }
        var text = new StringBuilder(to - from);
        int plain = from;
        int at = escape;
        while (at < to) {
            if (json[at] != '\\') {
                at++;
                continue;
            }
            text.append(new String(json, plain, at - plain, StandardCharsets.UTF_8));
            at += unescape(json, at, text);
            plain = at;
        }
        return text.append(new String(json, plain, to - plain, StandardCharsets.UTF_8)).toString();
    }

    private static int unescape(byte[] json, int at, StringBuilder text) {
        switch (json[at + 1]) {
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'u' -> {
                text.append((char) hex4(json, at + 2));
                return 6;
            }
            default -> text.append((char) json[at + 1]);
        }
        return 2;
    }

    /** Four hexadecimal digits, or -1. */
    static int hex4(byte[] json, int at) {
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit((char) (json[i] & 0xff), 16);
            if (digit < 0) {
                return -1;
            }
            value = (value << 4) + digit;
        }
        return value;
    }

    /**
     * Whether the bytes between two quotes are exactly this ASCII text, written without escapes.
     */
    public static boolean is(byte[] json, int from, int to, String ascii) {
        if (to - from != ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (json[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The text as a JSON string with its quotes, in UTF-8; lone surrogates are escaped. */
    public static byte[] quote(String text) {
        int length = text.length();
        var quoted = new byte[length + 2];
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return quotedWithEscapes(text);
            }
            quoted[i + 1] = (byte) c;
        }
        quoted[0] = '"';
        quoted[length + 1] = '"';
        return quoted;
    }

    private static byte[] quotedWithEscapes(String text) {
        var quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 0x2028 || c == 0x2029 || lone(text, i)) {
                quoted.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    quoted.append((char) HEX[(c >> shift) & 0xf]);
                }
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean lone(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c)
                && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
