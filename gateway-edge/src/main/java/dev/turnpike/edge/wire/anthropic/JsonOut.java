package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonText;
import dev.turnpike.edge.wire.RelaySink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON, with commas where they belong. The writer is trusted to close what it opens. What it
 * holds is bounded by what is translated.
 */
final class JsonOut {
    private byte[] buffer;
    private int length;
    private boolean comma;

    JsonOut(int expectedBytes) {
        buffer = new byte[Math.max(64, expectedBytes)];
    }

    JsonOut object() {
        return open('{');
    }

    JsonOut array() {
        return open('[');
    }

    JsonOut endObject() {
        return close('}');
    }

    JsonOut endArray() {
        return close(']');
    }

    /** Begins a member; its value must follow. */
    JsonOut name(String ascii) {
        separate();
        put('"');
        put(ascii);
        put('"');
        put(':');
        comma = false;
        return this;
    }

    JsonOut text(String text) {
        separate();
        put(JsonText.quote(text));
        comma = true;
        return this;
    }

    /** A literal: a number, true, null, or JSON that was written before. */
    JsonOut literal(String ascii) {
        separate();
        put(ascii);
        comma = true;
        return this;
    }

    JsonOut number(long value) {
        return literal(Long.toString(value));
    }

    JsonOut bool(boolean value) {
        return literal(value ? "true" : "false");
    }

    /**
     * A value as it stands, but on one line, whatever the layout of where it comes from: what is
     * written may be the line of an event.
     */
    JsonOut raw(JsonView value) {
        int start = length + (comma ? 1 : 0);
        raw(value.array(), value.from(), value.to());
        if (!value.isString()) { // No string holds a line's end but as an escape.
            for (int i = start; i < length; i++) {
                if (buffer[i] == '\n' || buffer[i] == '\r') {
                    buffer[i] = ' ';
                }
            }
        }
        return this;
    }

    JsonOut raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    /** A string whose inside stands there, escapes included. */
    JsonOut inside(byte[] json, int from, int to) {
        separate();
        put('"');
        put(json, from, to);
        put('"');
        comma = true;
        return this;
    }

    private JsonOut raw(byte[] json, int from, int to) {
        separate();
        put(json, from, to);
        comma = true;
        return this;
    }

    JsonOut member(String name, String text) {
        return name(name).text(text);
    }

    JsonOut member(String name, JsonView value) {
        return name(name).raw(value);
    }

    /** Writes the member only if there is a value. */
    JsonOut optional(String name, @Nullable JsonView value) {
        return value == null ? this : member(name, value);
    }

    /** Appends the inside of a string, escapes included, to what {@link #insideOf} will quote. */
    JsonOut insides(JsonView string) {
        put(string.array(), string.from() + 1, string.to() - 1);
        return this;
    }

    /** A string made of the {@link #insides} that another writer holds. */
    JsonOut insideOf(JsonOut other) {
        return inside(other.buffer, 0, other.length);
    }

    JsonOut frame(byte[] bytes, int offset, int count) {
        put(bytes, offset, offset + count);
        comma = false;
        return this;
    }

    /** Bytes outside of JSON: the frame of an event. */
    JsonOut frame(String ascii) {
        put(ascii);
        comma = false;
        return this;
    }

    int length() {
        return length;
    }

    /** Sends what was written and begins again. */
    void flushTo(RelaySink sink) throws IOException {
        sink.write(buffer, 0, length);
        clear();
    }

    void clear() {
        length = 0;
        comma = false;
    }

    byte[] bytes() {
        return Arrays.copyOf(buffer, length);
    }

    ByteSlice slice() {
        return new ByteSlice(buffer, 0, length);
    }

    private JsonOut open(char bracket) {
        separate();
        put(bracket);
        comma = false;
        return this;
    }

    private JsonOut close(char bracket) {
        put(bracket);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            put(',');
        }
    }

    private void put(char ascii) {
        room(1);
        buffer[length++] = (byte) ascii;
    }

    private void put(String ascii) {
        put(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    private void put(byte[] bytes) {
        put(bytes, 0, bytes.length);
    }

    private void put(byte[] bytes, int from, int to) {
        room(to - from);
        System.arraycopy(bytes, from, buffer, length, to - from);
        length += to - from;
    }

    private void room(int count) {
        if (buffer.length - length < count) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + count));
        }
    }
}
