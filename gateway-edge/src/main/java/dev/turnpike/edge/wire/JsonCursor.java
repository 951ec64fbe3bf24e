package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.JsonFaultException.Reason;
import dev.turnpike.edge.wire.NameSet.Added;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Walks through JSON bytes in place: no tree, no strings, no allocation per value. Callers step
 * into objects and arrays, ask for names, and skip what they do not need; skipped parts are checked
 * as strictly as visited ones.
 *
 * <p>A strict cursor also refuses invalid UTF-8, lone surrogates and duplicate names in any object;
 * a lenient one, for what upstreams send, lets those pass. One document at a time, one thread.
 */
public final class JsonCursor {
    /** Deepest nesting accepted; the root counts as 1. */
    public static final int DEPTH_MAX = 64;

    /** Most values in one document of a client; what upstreams send is bounded by its size. */
    public static final int VALUES_MAX = 2_000_000;

    /** Longest number, in bytes. */
    public static final int NUMBER_BYTES_MAX = 1_000;

    /** Longest name in an object, in bytes. */
    public static final int NAME_BYTES_MAX = 1_024;

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final @Nullable NameSet names;
    private byte[] json;
    private int at;
    private int to;
    private int depth;
    private long objectBits;
    private boolean fresh;
    private int values;
    private int textFrom;
    private int textTo;

    private JsonCursor(byte[] json, int from, int to, boolean strict) {
        this.names = strict ? new NameSet() : null;
        this.json = json;
        this.at = from;
        this.to = to;
    }

    /** For one document of a client. */
    public static JsonCursor strict(byte[] json, int from, int to) {
        return new JsonCursor(json, from, to, true);
    }

    /** For documents of upstreams, or text that was scanned before. */
    public static JsonCursor lenient(byte[] json, int from, int to) {
        return new JsonCursor(json, from, to, false);
    }

    /** Starts over on another document; for lenient cursors. */
    void reset(byte[] other, int from, int end) {
        json = other;
        at = from;
        to = end;
        depth = 0;
        fresh = false;
        values = 0;
    }

    /** Index of the next byte to be read. */
    public int position() {
        return at;
    }

    /** First byte inside the quotes of the name or string read last. */
    public int textFrom() {
        return textFrom;
    }

    /** One past the last byte inside the quotes of the name or string read last. */
    public int textTo() {
        return textTo;
    }

    /** Whether the name or string read last is this ASCII text, written without escapes. */
    public boolean textIs(String ascii) {
        return JsonText.is(json, textFrom, textTo, ascii);
    }

    /** The name or string read last. */
    public String text() {
        return JsonText.decode(json, textFrom, textTo);
    }

    /** The first byte of the next value, which tells its type; {@link #position} is there. */
    public byte peek() throws JsonFaultException {
        space();
        if (at >= to) {
            throw fault(Reason.NOT_JSON);
        }
        return json[at];
    }

    /** Steps into an object. */
    public void enterObject() throws JsonFaultException {
        enter((byte) '{');
        objectBits |= 1L << (depth - 1);
        if (names != null) {
            names.open(depth);
        }
    }

    /** Steps into an array. */
    public void enterArray() throws JsonFaultException {
        enter((byte) '[');
        objectBits &= ~(1L << (depth - 1));
    }

    /**
     * Goes on to the next member of the object. The name is then {@link #text}, and {@link
     * #position} is at the value.
     *
     * @return false at the object's end, which is then behind
     */
    public boolean nextName() throws JsonFaultException {
        if (!step((byte) '}')) {
            return false;
        }
        string();
        if (textTo - textFrom > NAME_BYTES_MAX) {
            throw fault(Reason.NAME_TOO_LONG);
        }
        if (names != null) {
            remember(names);
        }
        if (peek() != ':') {
            throw fault(Reason.NOT_JSON);
        }
        at++;
        space();
        return true;
    }

    /**
     * Goes on to the next element of the array; {@link #position} is then at it.
     *
     * @return false at the array's end, which is then behind
     */
    public boolean nextElement() throws JsonFaultException {
        boolean more = step((byte) ']');
        if (more) {
            space();
        }
        return more;
    }

    /** Reads a string; its inside is then {@link #textFrom} to {@link #textTo}. */
    public void string() throws JsonFaultException {
        if (peek() != '"') {
            throw fault(Reason.NOT_JSON);
        }
        stringHere();
    }

    private void stringHere() throws JsonFaultException {
        count();
        textFrom = at + 1;
        textTo = JsonScan.stringEnd(json, textFrom, to, names != null);
        at = textTo + 1;
    }

    /** Passes over the next value, whatever it is. */
    public void skipValue() throws JsonFaultException {
        int base = depth;
        skipOne();
        while (depth > base) {
            boolean object = (objectBits & (1L << (depth - 1))) != 0;
            if (object ? nextName() : nextElement()) {
                skipOne();
            }
        }
    }

    /** Index of the comma behind the value just read, or -1 when the container ends there. */
    public int commaAfter() {
        space();
        return at < to && json[at] == ',' ? at : -1;
    }

    /** Checks that only white space is left. */
    public void end() throws JsonFaultException {
        space();
        if (at < to) {
            throw fault(Reason.TRAILING_DATA);
        }
    }

    /** Steps into a container, or passes over anything else. */
    private void skipOne() throws JsonFaultException {
        switch (peek()) {
            case '{' -> enterObject();
            case '[' -> enterArray();
            case '"' -> stringHere();
            case 't' -> literal(TRUE);
            case 'f' -> literal(FALSE);
            case 'n' -> literal(NULL);
            default -> {
                count();
                at = JsonScan.numberEnd(json, at, to);
            }
        }
    }

    private void literal(byte[] word) throws JsonFaultException {
        count();
        for (int i = 0; i < word.length; i++) {
            if (at + i >= to || json[at + i] != word[i]) {
                throw fault(Reason.NOT_JSON);
            }
        }
        at += word.length;
    }

    private void enter(byte open) throws JsonFaultException {
        if (peek() != open) {
            throw fault(Reason.NOT_JSON);
        }
        if (depth == DEPTH_MAX) {
            throw fault(Reason.TOO_DEEP);
        }
        count();
        at++;
        depth++;
        fresh = true;
    }

    private boolean step(byte close) throws JsonFaultException {
        byte next = peek();
        if (next == close) {
            at++;
            depth--;
            fresh = false;
            return false;
        }
        if (!fresh) {
            if (next != ',') {
                throw fault(Reason.NOT_JSON);
            }
            at++;
        }
        fresh = false;
        return true;
    }

    private void remember(NameSet seen) throws JsonFaultException {
        byte[] bytes = json;
        int from = textFrom;
        int end = textTo;
        for (int i = from; i < end; i++) {
            if (json[i] == '\\') {
                bytes = text().getBytes(StandardCharsets.UTF_8);
                from = 0;
                end = bytes.length;
                break;
            }
        }
        var added = seen.add(depth, NameSet.hash(bytes, from, end));
        if (added != Added.NEW) {
            throw fault(added == Added.FULL ? Reason.TOO_MANY_VALUES : Reason.DUPLICATE_NAME);
        }
    }

    private void count() throws JsonFaultException {
        if (names != null && ++values > VALUES_MAX) {
            throw fault(Reason.TOO_MANY_VALUES);
        }
    }

    private void space() {
        while (at < to) {
            byte b = json[at];
            if (b > ' ' || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
                return;
            }
            at++;
        }
    }

    private JsonFaultException fault(Reason reason) {
        return new JsonFaultException(reason, at);
    }
}
