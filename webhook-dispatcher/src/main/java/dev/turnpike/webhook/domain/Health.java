package dev.turnpike.webhook.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one receiver is doing, and so how much it is sent at a time. */
public sealed interface Health {
    /** Failures in a row that make an outage, whose end releases the backlog. */
    int OUTAGE_FAILURES = 3;

    /** Wait between attempts at a receiver in an outage, so that a backlog does not hammer it. */
    Duration OUTAGE_PACE = Duration.ofSeconds(1);

    /** Longest silence towards a whole receiver that {@code Retry-After} can ask for. */
    Duration QUIET_MAX = Duration.ofMinutes(5);

    /** A receiver nobody has tried yet. */
    Health UNPROVEN = new Working(1, null);

    /**
     * The last attempt succeeded, or there was none.
     *
     * @param window attempts at a time; doubled by each success
     * @param releasedAt when the last outage ended: what was not tried since need not wait for its
     *     schedule; null when there was none
     */
    record Working(int window, @Nullable Instant releasedAt) implements Health {}

    /**
     * The last attempt failed.
     *
     * @param since when the first of the failures in a row happened
     * @param failures how many there are, at least 1
     * @param lastFailureAt when the last one happened
     * @param quietUntil nothing is sent before
     * @param releasedAt as it was before the failures
     */
    record Failing(
            Instant since,
            int failures,
            Instant lastFailureAt,
            Instant quietUntil,
            @Nullable Instant releasedAt)
            implements Health {
        /** When a probe is due if nothing else is sent. */
        Instant probeAt() {
            return lastFailureAt.plus(RetrySchedule.PROBE);
        }
    }

    /**
     * The receiver answered 410. It is left alone until the operator changes the webhook.
     *
     * @param webhookVersion the version of the webhook that was sent to
     */
    record Disabled(long webhookVersion) implements Health {}

    /** Attempts that may run at a time. */
    default int window() {
        return switch (this) {
            case Working working -> working.window();
            case Failing _ -> 1;
            case Disabled _ -> 0;
        };
    }

    /** After an attempt succeeded at {@code now}. */
    default Health succeeded(Instant now, int windowMax) {
        return switch (this) {
            case Working(var window, var releasedAt) ->
                    new Working(Math.min(windowMax, window * 2), releasedAt);
            case Failing failing ->
                    new Working(
                            1, failing.failures() >= OUTAGE_FAILURES ? now : failing.releasedAt());
            case Disabled _ -> this;
        };
    }

    /** After an attempt failed at {@code now}. */
    default Health failed(Instant now, Optional<Duration> retryAfter) {
        return switch (this) {
            case Working working ->
                    new Failing(now, 1, now, quiet(now, retryAfter, 1), working.releasedAt());
            case Failing(var since, var failures, _, _, var releasedAt) ->
                    new Failing(
                            since,
                            failures + 1,
                            now,
                            quiet(now, retryAfter, failures + 1),
                            releasedAt);
            case Disabled _ -> this;
        };
    }

    private static Instant quiet(Instant now, Optional<Duration> retryAfter, int failures) {
        var pace = failures >= OUTAGE_FAILURES ? OUTAGE_PACE : Duration.ZERO;
        var asked = retryAfter.orElse(Duration.ZERO);
        var wait = asked.compareTo(pace) > 0 ? asked : pace;
        return now.plus(wait.compareTo(QUIET_MAX) > 0 ? QUIET_MAX : wait);
    }
}
