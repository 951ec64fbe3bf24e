package dev.turnpike.schemas.webhook;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Value of {@code turnpike.webhooks.attempts}: one attempt to deliver a batch, and its outcome.
 *
 * @param attempt counts the attempts of one delivery, from 1
 * @param status HTTP status, 0 when there was no response
 * @param error what went wrong in a few words, null when delivered
 * @param entryIds the ledger entries in the batch, in order
 * @param result what follows from it
 * @param nextAttemptAt null when there is none
 */
public record DeliveryAttempt(
        WebhookId webhookId,
        DeliveryId deliveryId,
        int attempt,
        Instant at,
        long latencyMs,
        int status,
        @Nullable String error,
        List<String> entryIds,
        Result result,
        @Nullable Instant nextAttemptAt) {
    public DeliveryAttempt {
        entryIds = List.copyOf(entryIds);
    }

    /** What follows from an attempt. */
    public enum Result {
        DELIVERED,
        WILL_RETRY,
        /** Every attempt of the schedule failed; replay brings it back. */
        EXHAUSTED,
        /** The receiver answered 410; the webhook is disabled. */
        GONE,
        /** The webhook was deleted before it was delivered; nothing was sent. */
        DROPPED
    }
}
