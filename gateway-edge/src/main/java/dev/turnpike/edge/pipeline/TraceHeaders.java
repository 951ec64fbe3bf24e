package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.protocol.RequestHeaders;
import dev.turnpike.schemas.usage.ClientTrace;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The headers in which a client says something of its request for whoever looks for it later. What
 * is not as it should be is left out: a proxy that adds an odd id must not cost an answer.
 */
public final class TraceHeaders {
    /** Longest id of a client, in characters, as OpenAI has it. */
    public static final int REQUEST_ID_CHARS_MAX = 512;

    /** More retries than this are not believed. */
    public static final int RETRIES_MAX = 100;

    /** As OpenAI calls it, and then as everybody else does. */
    private static final String OWN_ID = "x-client-request-id";

    private static final String COMMON_ID = "x-request-id";
    private static final String RETRY_COUNT = "x-stainless-retry-count";

    private TraceHeaders() {}

    /** What the headers of a request say; empty when that is nothing. */
    public static Optional<ClientTrace> of(RequestHeaders headers) {
        var own = id(headers, OWN_ID);
        var id = own == null ? id(headers, COMMON_ID) : own;
        int retries = count(headers.first(RETRY_COUNT).orElse(""));
        return id == null && retries == 0
                ? Optional.empty()
                : Optional.of(new ClientTrace(id, retries));
    }

    private static @Nullable String id(RequestHeaders headers, String name) {
        var text = headers.first(name).orElse("");
        boolean printable = text.length() <= REQUEST_ID_CHARS_MAX && within(text, ' ', '~');
        return printable ? text : null;
    }

    /** A number without sign, or 0 for whatever else stands there. */
    private static int count(String text) {
        boolean digits = text.length() <= 3 && within(text, '0', '9');
        int count = digits ? Integer.parseInt(text) : 0;
        return count <= RETRIES_MAX ? count : 0;
    }

    /** Whether there are characters, and all of them from {@code first} to {@code last}. */
    private static boolean within(String text, char first, char last) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < first || text.charAt(i) > last) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
