package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.JsonCursor;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value where it stands in an array that was checked before: nothing is copied, and a level
 * is looked at only when asked for. The array must not change while views of it are used.
 */
final class JsonView {
    /** Longest number read as an integer, in digits. */
    private static final int DIGITS_MAX = 18;

    private final byte[] json;
    private final int from;
    private final int to;

    private JsonView(byte[] json, int from, int to) {
        this.json = json;
        this.from = from;
        this.to = to;
    }

    /** A value that was scanned before, without space around it. */
    static JsonView of(byte[] json, int from, int to) {
        return new JsonView(json, from, to);
    }

    /**
     * A whole document of an upstream.
     *
     * @throws JsonFaultException if it is not JSON
     */
    static JsonView check(byte[] json, int from, int to) throws JsonFaultException {
        var cursor = JsonCursor.lenient(json, from, to);
        cursor.peek();
        int start = cursor.position();
        cursor.skipValue();
        int end = cursor.position();
        cursor.end();
        return new JsonView(json, start, end);
    }

    boolean isObject() {
        return json[from] == '{';
    }

    boolean isArray() {
        return json[from] == '[';
    }

    boolean isString() {
        return json[from] == '"';
    }

    boolean isNull() {
        return json[from] == 'n';
    }

    boolean isTrue() {
        return json[from] == 't';
    }

    boolean isFalse() {
        return json[from] == 'f';
    }

    /** Whether this is a string without anything in it. */
    boolean isEmptyString() {
        return isString() && to - from == 2;
    }

    /** Whether this is a string without anything in it but space, as Unicode has it. */
    boolean isBlankString() {
        if (!isString()) {
            return false;
        }
        int first = json[from + 1];
        boolean plain = first > ' ' && first != '\\' && first != '"';
        return !plain && text().isBlank(); // Most texts are told by their first character.
    }

    /** Whether this is exactly that ASCII string, written without escapes. */
    boolean is(String ascii) {
        return isString() && JsonText.is(json, from + 1, to - 1, ascii);
    }

    /** The string; the empty one when this is none. */
    String text() {
        return isString() ? JsonText.decode(json, from + 1, to - 1) : "";
    }

    /** A whole number, or -1 when this is none, is negative or too long. */
    long number() {
        long value = 0;
        if (to - from > DIGITS_MAX) {
            return -1;
        }
        for (int i = from; i < to; i++) {
            int digit = json[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** The value as it is spelled. */
    String spelling() {
        return new String(json, from, to - from, StandardCharsets.UTF_8);
    }

    /** The value's bytes in an array of their own. */
    byte[] copy() {
        return Arrays.copyOfRange(json, from, to);
    }

    byte[] array() {
        return json;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** The members of an object that are not null, by name; none when this is no object. */
    Map<String, JsonView> members() {
        if (!isObject()) {
            return Map.of();
        }
        var members = new LinkedHashMap<String, JsonView>();
        var cursor = JsonCursor.lenient(json, from, to);
        try {
            cursor.enterObject();
            while (cursor.nextName()) {
                var name = cursor.text();
                var value = value(cursor);
                if (!value.isNull()) {
                    members.put(name, value);
                }
            }
        } catch (JsonFaultException e) {
            throw changed(e);
        }
        return members;
    }

    /** The elements of an array; none when this is no array. */
    List<JsonView> elements() {
        if (!isArray()) {
            return List.of();
        }
        var elements = new ArrayList<JsonView>();
        var cursor = JsonCursor.lenient(json, from, to);
        try {
            cursor.enterArray();
            while (cursor.nextElement()) {
                elements.add(value(cursor));
            }
        } catch (JsonFaultException e) {
            throw changed(e);
        }
        return elements;
    }

    /** The member of that name when it is a string, else the empty string. */
    static String text(Map<String, JsonView> members, String name) {
        var value = members.get(name);
        return value == null ? "" : value.text();
    }

    /** The member of that name when it is a string with something in it. */
    static @Nullable JsonView string(Map<String, JsonView> members, String name) {
        var value = members.get(name);
        return value != null && value.isString() && !value.isEmptyString() ? value : null;
    }

    private JsonView value(JsonCursor cursor) throws JsonFaultException {
        cursor.peek();
        int start = cursor.position();
        cursor.skipValue();
        return new JsonView(json, start, cursor.position());
    }

    private static IllegalStateException changed(JsonFaultException e) {
        return new IllegalStateException("a value changed after it was checked", e);
    }

    /** The length only: it may be a prompt. */
    @Override
    public String toString() {
        return "JsonView[" + (to - from) + " bytes]";
    }
}
