package dev.turnpike.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Days end while tests run, and with them every limit of a day and of a month. */
public final class UtcDay {
    private static final Duration SPARE = Duration.ofSeconds(5);

    private UtcDay() {}

    /**
     * Returns the time, and a day of which so much is left: late in the evening it is the next one,
     * which is waited for.
     *
     * @param room some minutes
     */
    public static Instant withRoom(Duration room) {
        return Eventually.await(
                room.plus(SPARE),
                "a day of which %s is left".formatted(room),
                Instant::now,
                now ->
                        now.plus(room)
                                .isBefore(
                                        now.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS)));
    }
}
