package dev.turnpike.webhook.domain;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Reads {@code Retry-After}: seconds, or an HTTP date. What is neither is as good as absent. */
public final class RetryAfter {
    /** Longest wait that is believed; a longer one counts as this. */
    public static final Duration WAIT_MAX = Duration.ofHours(24);

    private static final int DIGITS_MAX = 18;
    private static final int CHARS_MAX = 64;

    private RetryAfter() {}

    /**
     * The wait that the receiver asks for, from zero to {@link #WAIT_MAX}.
     *
     * @param header the value as received
     * @param now the time to which a date is compared
     */
    public static Optional<Duration> parse(String header, Instant now) {
        var text = header.strip();
        if (text.isEmpty() || text.length() > CHARS_MAX) {
            return Optional.empty();
        }
        return isDigits(text) ? Optional.of(seconds(text)) : date(text, now);
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static Duration seconds(String digits) {
        if (digits.length() > DIGITS_MAX) {
            return WAIT_MAX;
        }
        return Duration.ofSeconds(Math.min(Long.parseLong(digits), WAIT_MAX.toSeconds()));
    }

    private static Optional<Duration> date(String text, Instant now) {
        try {
            var at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            if (at.isAfter(now.plus(WAIT_MAX))) {
                return Optional.of(WAIT_MAX);
            }
            return Optional.of(at.isBefore(now) ? Duration.ZERO : Duration.between(now, at));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
