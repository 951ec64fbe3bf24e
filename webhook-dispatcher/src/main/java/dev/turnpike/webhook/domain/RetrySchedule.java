package dev.turnpike.webhook.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a delivery is tried again: the example schedule of Standard Webhooks 1.0.0 with jitter, and
 * when a receiver in an outage is probed.
 *
 * <p>Jitter may shorten every wait, so the last attempt is held back until the whole unjittered
 * span has passed since the delivery was made: an outage of three days never exhausts it.
 */
public final class RetrySchedule {
    /** Wait before each attempt, counted from the end of the one before; the first is at once. */
    public static final List<Duration> DELAYS =
            List.of(
                    Duration.ZERO,
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(2),
                    Duration.ofHours(5),
                    Duration.ofHours(10),
                    Duration.ofHours(14),
                    Duration.ofHours(20),
                    Duration.ofHours(24));

    /** Sum of the waits: 75 h 35 m 5 s. */
    public static final Duration SPAN = DELAYS.stream().reduce(Duration.ZERO, Duration::plus);

    /** Each wait is multiplied by something between one minus and one plus this. */
    public static final double JITTER = 0.2;

    /** Wait between probes of a receiver in an outage, so that recovery takes a minute. */
    public static final Duration PROBE = Duration.ofSeconds(30);

    private RetrySchedule() {}

    /**
     * When the next scheduled attempt is due, or empty when there is none left.
     *
     * @param failures scheduled attempts that have failed, at least 1
     * @param createdAt when the delivery was made
     * @param now when the last of them ended
     * @param retryAfter what the receiver asked for; it can lengthen the planned wait up to {@link
     *     RetryAfter#WAIT_MAX}, never shorten it
     */
    public static Optional<Instant> next(
            int failures,
            Instant createdAt,
            Instant now,
            Optional<Duration> retryAfter,
            RandomGenerator random) {
        if (failures >= DELAYS.size()) {
            return Optional.empty();
        }
        var planned = jittered(DELAYS.get(failures), random);
        var wait = retryAfter.filter(asked -> asked.compareTo(planned) > 0).orElse(planned);
        var at = now.plus(wait);
        boolean last = failures == DELAYS.size() - 1;
        var earliest = createdAt.plus(SPAN);
        return Optional.of(last && at.isBefore(earliest) ? earliest : at);
    }

    private static Duration jittered(Duration wait, RandomGenerator random) {
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        return Duration.ofMillis(Math.round(wait.toMillis() * factor));
    }
}
