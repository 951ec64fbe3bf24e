package dev.turnpike.edge.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The header lines of a response: names compared without case, values made into strings only when
 * asked for.
 */
public final class ResponseHeaders {
    private static final int FIELDS = 4;

    private final byte[] head;
    private final int[] ranges;
    private final int count;

    /**
     * @param head the bytes of the head; owned by this object
     * @param ranges four numbers a line: name from, name to, value from, value to
     */
    ResponseHeaders(byte[] head, int[] ranges, int count) {
        this.head = head;
        this.ranges = ranges;
        this.count = count;
    }

    /**
     * Lines of an answer that does not come over HTTP.
     *
     * @param namesAndValues a name, its value, and so on
     */
    public static ResponseHeaders of(String... namesAndValues) {
        var head = String.join("", namesAndValues).getBytes(StandardCharsets.ISO_8859_1);
        var ranges = new int[2 * namesAndValues.length];
        int at = 0;
        for (int i = 0; i < namesAndValues.length; i++) {
            ranges[2 * i] = at;
            at += namesAndValues[i].length();
            ranges[2 * i + 1] = at;
        }
        return new ResponseHeaders(head, ranges, namesAndValues.length / 2);
    }

    /** How many lines there are. */
    public int size() {
        return count;
    }

    /** Name of line {@code index}, as sent. */
    public String name(int index) {
        return text(ranges[index * FIELDS], ranges[index * FIELDS + 1]);
    }

    /** Value of line {@code index}, without the space around it. */
    public String value(int index) {
        return text(ranges[index * FIELDS + 2], ranges[index * FIELDS + 3]);
    }

    /**
     * Value of the first line with that name.
     *
     * @param name in lower case
     */
    public Optional<String> first(String name) {
        int index = indexOf(name, 0);
        return index < 0 ? Optional.empty() : Optional.of(value(index));
    }

    /**
     * Whether the first line with that name has a value that begins so, ignoring case. Makes no
     * string.
     *
     * @param name in lower case
     * @param prefix in lower case
     */
    public boolean startsWith(String name, String prefix) {
        int index = indexOf(name, 0);
        if (index < 0) {
            return false;
        }
        int from = ranges[index * FIELDS + 2];
        int to = ranges[index * FIELDS + 3];
        return to - from >= prefix.length()
                && HttpText.equalsIgnoreCase(head, from, prefix.length(), prefix);
    }

    /** Index of the next line with that lower-case name at or after {@code from}, or -1. */
    int indexOf(String name, int from) {
        for (int i = from; i < count; i++) {
            int start = ranges[i * FIELDS];
            if (HttpText.equalsIgnoreCase(head, start, ranges[i * FIELDS + 1] - start, name)) {
                return i;
            }
        }
        return -1;
    }

    boolean valueIs(int index, String lowerCase) {
        int from = ranges[index * FIELDS + 2];
        return HttpText.equalsIgnoreCase(head, from, ranges[index * FIELDS + 3] - from, lowerCase);
    }

    /** The value of line {@code index} if it is some digits and nothing else, or -1. */
    long number(int index, int digitsMax) {
        int from = ranges[index * FIELDS + 2];
        int to = ranges[index * FIELDS + 3];
        if (from == to || to - from > digitsMax) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = head[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private String text(int from, int to) {
        return new String(head, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** The names only: values may be secret. */
    @Override
    public String toString() {
        var names = new String[count];
        Arrays.setAll(names, this::name);
        return Arrays.toString(names);
    }
}
