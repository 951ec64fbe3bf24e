package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far an undelivered delivery has come.
 *
 * @param plannedAt when its schedule began: when it was made, or asked for again
 * @param attempts every attempt that ended, probes and early ones included
 * @param failures scheduled attempts that failed; the position in {@link RetrySchedule#DELAYS}
 * @param nextAttemptAt when the next scheduled attempt is due
 * @param lastAttemptAt when the last attempt ended, null before the first
 */
public record Progress(
        WebhookId webhookId,
        DeliveryId id,
        Instant plannedAt,
        int attempts,
        int failures,
        Instant nextAttemptAt,
        @Nullable Instant lastAttemptAt) {
    /** A delivery that has not been tried: due at once. */
    public static Progress of(Delivery delivery, Instant now) {
        return new Progress(delivery.webhookId(), delivery.id(), now, 0, 0, now, null);
    }

    /** As {@link #of}, when it is kept already: the whole schedule lies before it again. */
    Progress again(Instant now) {
        return new Progress(webhookId, id, now, attempts, 0, now, lastAttemptAt);
    }

    /** After a scheduled attempt failed and another one is planned. */
    Progress failed(Instant now, Instant next) {
        return new Progress(webhookId, id, plannedAt, attempts + 1, failures + 1, next, now);
    }

    /**
     * After an attempt that came before its time failed: the schedule stands, unless the receiver
     * asked for more patience.
     */
    Progress failedEarly(Instant now, Optional<Duration> retryAfter) {
        var asked = now.plus(retryAfter.orElse(Duration.ZERO));
        var next = asked.isAfter(nextAttemptAt) ? asked : nextAttemptAt;
        return new Progress(webhookId, id, plannedAt, attempts + 1, failures, next, now);
    }

    /** Whether it has not been tried since {@code moment}. */
    boolean untriedSince(Instant moment) {
        return lastAttemptAt == null || lastAttemptAt.isBefore(moment);
    }
}
