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
 * @param createdAt when the delivery was made
 * @param attempts every attempt that ended, probes and early ones included
 * @param failures scheduled attempts that failed; the position in {@link RetrySchedule#DELAYS}
 * @param nextAttemptAt when the next scheduled attempt is due
 * @param lastAttemptAt when the last attempt ended, null before the first
 */
public record Progress(
        WebhookId webhookId,
        DeliveryId id,
        Instant createdAt,
        int attempts,
        int failures,
        Instant nextAttemptAt,
        @Nullable Instant lastAttemptAt) {
    /** A delivery that has not been tried: due at once. */
    public static Progress of(Delivery delivery) {
        var at = delivery.createdAt();
        return new Progress(delivery.webhookId(), delivery.id(), at, 0, 0, at, null);
    }

    /** After a scheduled attempt failed and another one is planned. */
    Progress failed(Instant now, Instant next) {
        return new Progress(webhookId, id, createdAt, attempts + 1, failures + 1, next, now);
    }

    /**
     * After an attempt that came before its time failed: the schedule stands, unless the receiver
     * asked for more patience.
     */
    Progress failedEarly(Instant now, Optional<Duration> retryAfter) {
        var asked = now.plus(retryAfter.orElse(Duration.ZERO));
        var next = asked.isAfter(nextAttemptAt) ? asked : nextAttemptAt;
        return new Progress(webhookId, id, createdAt, attempts + 1, failures, next, now);
    }

    /** Whether it has not been tried since {@code moment}. */
    boolean untriedSince(Instant moment) {
        return lastAttemptAt == null || lastAttemptAt.isBefore(moment);
    }
}
