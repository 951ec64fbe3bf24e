package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A member of a request that the client did not write, or not so: we add it, or carry it over from
 * the client's API. Not every upstream knows it, and some refuse the whole request for it, so that
 * it may be left out. In the order in which they are given up.
 */
public enum Dispensable {
    /** What the client's own stream options say beside the usage. */
    CLIENT_STREAM_OPTIONS("stream_options"),
    REASONING_EFFORT(
            "reasoning_effort",
            "reasoningeffort",
            "not support thinking",
            "thinking is not supported",
            "think value"),
    TOP_K("top_k"),
    PARALLEL_TOOL_CALLS("parallel_tool_calls"),
    /** So near the end because errors that quote a message name it, too. */
    USER("\"user\"", "'user'", "`user`", "\\\"user\\\""),
    /** By which streams report their usage. Given up last: without it we have to count. */
    STREAM_OPTIONS("stream_options");

    /** How providers say that they do not know a member at all. */
    private static final Pattern UNKNOWN =
            Pattern.compile(
                    "unknown|unrecogni[sz]ed|not recogni[sz]ed|unsupported|not support|n't support"
                            + "|not permitted|not allowed|extra_forbidden|unexpected"
                            + "|additional propert");

    /** How they say that they know it, and dislike what it holds. */
    private static final Pattern OF_VALUE =
            Pattern.compile(
                    "\\bvalues?\\b|_value\\b|(?:must|should) be|\\bone of\\b|\\btoo [a-z]|\\bexpected"
                            + "|literal|\\benum|at (?:least|most)|(?:greater|less|larger) than");

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

    /** Whether the error is that a member is not known, whatever it holds. */
    static boolean unknownBy(String error) {
        return UNKNOWN.matcher(error).find() && !OF_VALUE.matcher(error).find();
    }

    /** A provider's error as it is searched for names. */
    static String searchable(byte[] error, int from, int to) {
        return new String(error, from, to - from, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT);
    }
}
