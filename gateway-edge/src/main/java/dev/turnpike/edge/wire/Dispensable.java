package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A member of a request that the client did not write, or not so: we add it, or carry it over from
 * the client's API. Not every upstream knows it, and some refuse the whole request for it, so that
 * it may be left out.
 */
public enum Dispensable {
    /** By which streams report their usage. Given up last: without it we have to count. */
    STREAM_OPTIONS("stream_options"),
    REASONING_EFFORT(
            "reasoning_effort",
            "reasoningeffort",
            "not support thinking",
            "thinking is not supported",
            "think value"),
    TOP_K("top_k"),
    USER("\"user\"", "'user'", "`user`", "\\\"user\\\""),
    PARALLEL_TOOL_CALLS("parallel_tool_calls");

    private final String[] called;

    Dispensable(String... called) {
        this.called = called;
    }

    /** Whether the error speaks of it, in whatever shape; it may be the client that is quoted. */
    boolean namedIn(String error) {
        for (var name : called) {
            if (error.contains(name)) {
                return true;
            }
        }
        return false;
    }

    /** A provider's error as it is searched for names. */
    static String searchable(byte[] error, int from, int to) {
        return new String(error, from, to - from, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT);
    }
}
