package dev.turnpike.bench.load;

import java.nio.file.Path;
import java.time.Duration;

/**
 * In what the requests of a job differ.
 *
 * @param text of path or key in whose place each request has, by chance, a line of {@code file};
 *     empty for requests that are all the same
 * @param file of lines as long as {@code text}
 * @param turnMillis if not 0, by chance about half of all stretches of so long have requests that
 *     are all the same; for {@link LoadJob.Kind#OPEN} only
 */
public record Variation(String text, String file, long turnMillis) {
    /** All requests are the same. */
    public static final Variation NONE = new Variation("", "", 0);

    /** A line of {@code file} in place of {@code text} in each request. */
    public static Variation of(String text, Path file) {
        return new Variation(text, file.toString(), 0);
    }

    Variation inTurnsOf(Duration length) {
        return new Variation(text, file, length.toMillis());
    }

    boolean isNone() {
        return file.isEmpty();
    }
}
