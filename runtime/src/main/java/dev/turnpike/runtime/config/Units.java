package dev.turnpike.runtime.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** The texts of durations ({@code 250ms}, {@code 5s}, {@code 7d}) and sizes ({@code 8MiB}). */
final class Units {
    static final String DURATION_SHAPE = "^(\\d{1,12})(ms|s|m|h|d)$";
    static final String BYTES_SHAPE = "^(\\d{1,15})(B|KiB|MiB|GiB)?$";

    private static final Pattern DURATION = Pattern.compile(DURATION_SHAPE);
    private static final Pattern BYTES = Pattern.compile(BYTES_SHAPE);

    private Units() {}

    /** The duration, or empty when {@code text} is not one. */
    static Optional<Duration> duration(String text) {
        var matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(count);
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                });
    }

    /** The number of bytes, or empty when {@code text} is not a size. */
    static Optional<Long> bytes(String text) {
        var matcher = BYTES.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        var unit = matcher.group(2);
        int shift =
                switch (unit) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    case "GiB" -> 30;
                    case null, default -> 0;
                };
        return count > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(count << shift);
    }

    /** The shortest exact text of {@code duration}. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 86_400_000 == 0 && millis != 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis % 3_600_000 == 0 && millis != 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0 && millis != 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    /** The shortest exact text of a size in bytes. */
    static String text(long bytes) {
        var units = new String[] {"B", "KiB", "MiB", "GiB"};
        int unit = 0;
        while (unit < 3 && bytes != 0 && bytes % 1_024 == 0) {
            bytes /= 1_024;
            unit++;
        }
        return bytes + units[unit];
    }
}
