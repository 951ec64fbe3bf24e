package dev.turnpike.edge.http;

import io.helidon.common.GenericType;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.mapper.Value;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The lines of one reply over HTTP/1.1 whose names only we know, as a single header of the server:
 * that writes itself in one piece. The server keeps each header that it does not know in a map, and
 * walks through that to write it; a reply of ours has eight of them. One thread.
 */
final class ReplyLines implements Header {
    /** Never seen by a client: it only says where these lines are kept. */
    private static final Header KEPT_AS =
            HeaderValues.create(HeaderNames.create("turnpike-lines"), "");

    private static final int LINES_USUAL = 10;
    private static final int SEPARATORS_BYTES = 4;

    private final List<String> names = new ArrayList<>(LINES_USUAL);
    private final List<String> values = new ArrayList<>(LINES_USUAL);
    private long lengths;

    /**
     * Adds a line, or replaces the one of the same name.
     *
     * @param name a token in ASCII
     * @param value printable ASCII
     */
    void put(String name, String value) {
        int known = indexOf(name);
        if (known >= 0) {
            values.set(known, value);
        } else {
            names.add(name);
            values.add(value);
        }
    }

    /** Most names have a length of their own, and are compared with none. */
    private int indexOf(String name) {
        long length = 1L << name.length();
        boolean seen = (lengths & length) != 0;
        lengths |= length;
        for (int i = 0; seen && i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void writeHttp1Header(BufferData buffer) {
        int length = 0;
        for (int i = 0; i < names.size(); i++) {
            length += names.get(i).length() + values.get(i).length() + SEPARATORS_BYTES;
        }
        var lines = new byte[length];
        int at = 0;
        for (int i = 0; i < names.size(); i++) {
            at = ascii(names.get(i), lines, at);
            lines[at++] = ':';
            lines[at++] = ' ';
            at = ascii(values.get(i), lines, at);
            lines[at++] = '\r';
            lines[at++] = '\n';
        }
        buffer.write(lines);
    }

    @SuppressWarnings("deprecation") // Drops the high bytes, of which there are none.
    private static int ascii(String text, byte[] to, int at) {
        text.getBytes(0, text.length(), to, at);
        return at + text.length();
    }

    @Override
    public HeaderName headerName() {
        return KEPT_AS.headerName();
    }

    @Override
    public String name() {
        return KEPT_AS.name();
    }

    /** None: what is here are lines, which nobody in the server asks for. */
    @Override
    public String get() {
        return KEPT_AS.get();
    }

    @Override
    public List<String> allValues() {
        return List.of(get());
    }

    @Override
    public int valueCount() {
        return 1;
    }

    @Override
    public boolean sensitive() {
        return false;
    }

    @Override
    public boolean changing() {
        return true;
    }

    @Override
    public <N> Value<N> as(Class<N> type) {
        return KEPT_AS.as(type);
    }

    @Override
    public <N> Value<N> as(GenericType<N> type) {
        return KEPT_AS.as(type);
    }

    @Override
    public <N> Value<N> as(Function<? super String, ? extends N> mapper) {
        return KEPT_AS.as(mapper);
    }

    @Override
    public Optional<String> asOptional() {
        return KEPT_AS.asOptional();
    }

    @Override
    public Value<Boolean> asBoolean() {
        return KEPT_AS.asBoolean();
    }

    @Override
    public Value<String> asString() {
        return KEPT_AS.asString();
    }

    @Override
    public Value<Integer> asInt() {
        return KEPT_AS.asInt();
    }

    @Override
    public Value<Long> asLong() {
        return KEPT_AS.asLong();
    }

    @Override
    public Value<Double> asDouble() {
        return KEPT_AS.asDouble();
    }
}
