package dev.turnpike.testkit.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** One thing a scripted server does. Steps run in order until one of them ends the answer. */
public sealed interface Step {
    /** Writes the status line and headers. Without a {@code content-length} the body is chunked. */
    record Status(int code, Map<String, String> headers) implements Step {}

    /**
     * Writes bytes at once: as one chunk of a chunked body, and unframed before a {@link Status} or
     * when the length was announced.
     *
     * @param tokens how many tokens the server counts as generated once this is written
     */
    record Send(byte[] bytes, int tokens) implements Step {
        public Send(String text) {
            this(text.getBytes(StandardCharsets.UTF_8), 0);
        }
    }

    /**
     * Writes one event of a stream.
     *
     * @param data one line, usually JSON
     * @param tokens as in {@link Send}
     */
    record SendSse(String data, int tokens) implements Step {}

    /** Writes bytes one by one. */
    record Drip(byte[] bytes, int bytesPerSecond) implements Step {}

    /** Waits; a peer that closes meanwhile ends the answer at once. */
    record Sleep(Duration length) implements Step {}

    /** Waits until the peer closes or the server is stopped. */
    record Hang() implements Step {}

    /** Ends the connection with a TCP reset. */
    record Reset() implements Step {}

    /** Sends FIN without ending the body, then waits for the peer to close. */
    record HalfClose() implements Step {}

    /** Ends the body as announced; the connection stays open for the next request. */
    record End() implements Step {}
}
