package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.JsonFaultException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds where JSON strings and numbers end, checking them on the way. */
final class JsonScan {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long SPACES = ONES * ' ';
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    private JsonScan() {}

    /**
     * @param from first byte inside the quotes
     * @return index of the closing quote
     */
    static int stringEnd(byte[] json, int from, int to, boolean strict) throws JsonFaultException {
        int i = from;
        while (true) {
            while (i + Long.BYTES <= to) {
                long special = special((long) LONG.get(json, i));
                if (special != 0) {
                    i += Long.numberOfTrailingZeros(special) / Byte.SIZE;
                    break;
                }
                i += Long.BYTES;
            }
            if (i >= to) {
                throw new JsonFaultException(Reason.NOT_JSON, i);
            }
            byte b = json[i];
            if (b == '"') {
                return i;
            }
            if (b == '\\') {
                i = escapeEnd(json, i, to, strict);
            } else if (b >= ' ' || (b < 0 && !strict)) {
                i++;
            } else if (b >= 0) {
                throw new JsonFaultException(Reason.NOT_JSON, i);
            } else {
                i = utf8End(json, i, to);
            }
        }
    }

    /**
     * The highest bit of each of eight bytes that is a quote, a backslash, a control character or
     * not ASCII. Above the first such byte bits may be wrong; none is set when there is none.
     */
    private static long special(long word) {
        long quote = word ^ QUOTES;
        long backslash = word ^ BACKSLASHES;
        long found =
                word
                        | ((word - SPACES) & ~word)
                        | ((quote - ONES) & ~quote)
                        | ((backslash - ONES) & ~backslash);
        return found & HIGH;
    }

    private static int escapeEnd(byte[] json, int at, int to, boolean strict)
            throws JsonFaultException {
        if (at + 1 >= to) {
            throw new JsonFaultException(Reason.NOT_JSON, at);
        }
        return switch (json[at + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
            case 'u' -> unicodeEnd(json, at, to, strict);
            default -> throw new JsonFaultException(Reason.NOT_JSON, at);
        };
    }

    private static int unicodeEnd(byte[] json, int at, int to, boolean strict)
            throws JsonFaultException {
        int unit = unit(json, at, to);
        if (!strict || !Character.isSurrogate((char) unit)) {
            return at + 6;
        }
        boolean pair =
                Character.isHighSurrogate((char) unit)
                        && at + 7 < to
                        && json[at + 6] == '\\'
                        && json[at + 7] == 'u'
                        && Character.isLowSurrogate((char) unit(json, at + 6, to));
        if (!pair) {
            throw new JsonFaultException(Reason.LONE_SURROGATE, at);
        }
        return at + 12;
    }

    private static int unit(byte[] json, int at, int to) throws JsonFaultException {
        int unit = at + 6 <= to ? JsonText.hex4(json, at + 2) : -1;
        if (unit < 0) {
            throw new JsonFaultException(Reason.NOT_JSON, at);
        }
        return unit;
    }

    /** One character of two to four bytes, by the table of RFC 3629. */
    private static int utf8End(byte[] json, int at, int to) throws JsonFaultException {
        int first = json[at] & 0xff;
        int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (first < 0xc2 || first > 0xf4 || at + length > to) {
            throw new JsonFaultException(Reason.NOT_UTF8, at);
        }
        int second = json[at + 1] & 0xff;
        int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        boolean good = second >= low && second <= high;
        for (int i = at + 2; i < at + length; i++) {
            good &= (json[i] & 0xc0) == 0x80;
        }
        if (!good) {
            throw new JsonFaultException(Reason.NOT_UTF8, at);
        }
        return at + length;
    }

    /**
     * @return one past the last byte of the number
     */
    static int numberEnd(byte[] json, int from, int to) throws JsonFaultException {
        int i = from;
        if (i < to && json[i] == '-') {
            i++;
        }
        int whole = i;
        i = digitsEnd(json, i, to, from);
        if (json[whole] == '0' && i > whole + 1) {
            throw new JsonFaultException(Reason.NOT_JSON, from);
        }
        if (i < to && json[i] == '.') {
            i = digitsEnd(json, i + 1, to, from);
        }
        if (i < to && (json[i] == 'e' || json[i] == 'E')) {
            i++;
            if (i < to && (json[i] == '+' || json[i] == '-')) {
                i++;
            }
            i = digitsEnd(json, i, to, from);
        }
        return i;
    }

    /** At least one digit. */
    private static int digitsEnd(byte[] json, int from, int to, int numberFrom)
            throws JsonFaultException {
        int i = from;
        while (i < to && json[i] >= '0' && json[i] <= '9') {
            if (++i - numberFrom > JsonCursor.NUMBER_BYTES_MAX) {
                throw new JsonFaultException(Reason.NUMBER_TOO_LONG, numberFrom);
            }
        }
        if (i == from) {
            throw new JsonFaultException(Reason.NOT_JSON, i);
        }
        return i;
    }
}
