package dev.turnpike.control.http;

import dev.turnpike.control.ledger.Position;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Where reading of events stands: what a cursor carries.
 *
 * @param window which requests are asked for
 * @param position where the log goes on
 */
record EventPlace(Window window, Position position) {
    private static final int PARTS = 3;

    /**
     * A range of request times.
     *
     * @param start inclusive
     * @param end exclusive; empty for everything there is
     */
    record Window(Instant start, Optional<Instant> end) {
        boolean holds(Instant at) {
            return !at.isBefore(start) && end.map(at::isBefore).orElse(true);
        }
    }

    String text() {
        return window.start()
                + "|"
                + window.end().map(Instant::toString).orElse("")
                + "|"
                + position.text();
    }

    /** The place of a text, or empty when it is none. Never throws. */
    static Optional<EventPlace> parse(String text) {
        var parts = text.split("\\|", PARTS);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        try {
            var end =
                    parts[1].isEmpty()
                            ? Optional.<Instant>empty()
                            : Optional.of(Instant.parse(parts[1]));
            var window = new Window(Instant.parse(parts[0]), end);
            return Position.parse(parts[2]).map(position -> new EventPlace(window, position));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
