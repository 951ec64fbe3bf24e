package dev.turnpike.testkit.net;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One answer as it came over the wire.
 *
 * @param headers values in order, by lower-case name
 * @param parts the body as it came in: one per chunk, or per read when it was not chunked
 * @param whole whether the body ended as announced rather than by the end of the connection
 */
public record Reply(
        int status, Map<String, List<String>> headers, List<Part> parts, boolean whole) {
    /**
     * @param after time from the moment the last bytes of the request were sent to the arrival of
     *     this
     */
    public record Part(String text, Duration after) {}

    /** First value of a header, whatever the case of {@code name}. */
    public Optional<String> header(String name) {
        var values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? Optional.empty() : Optional.of(values.getFirst());
    }

    /** The body; each byte is one character up to here, so text is decoded only now. */
    public String body() {
        var raw = new StringBuilder();
        parts.forEach(part -> raw.append(part.text()));
        return new String(
                raw.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** The data of each event of a stream, in order; comments and other fields are left out. */
    public List<String> sseData() {
        return body().lines()
                .filter(line -> line.startsWith("data:"))
                .map(line -> line.substring("data:".length()).strip())
                .toList();
    }

    /** When each event of a stream was complete, in the order of {@link #sseData}. */
    public List<Duration> sseArrivals() {
        var arrivals = new ArrayList<Duration>();
        var seen = new StringBuilder();
        int events = 0;
        for (var part : parts) {
            seen.append(part.text());
            int complete = count(seen);
            for (; events < complete; events++) {
                arrivals.add(part.after());
            }
        }
        return arrivals;
    }

    private static int count(StringBuilder text) {
        return (int)
                text.substring(0, text.lastIndexOf("\n") + 1)
                        .lines()
                        .filter(line -> line.startsWith("data:"))
                        .count();
    }
}
