package dev.turnpike.schemas.webhook;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Value of {@code turnpike.webhooks.attempts}: a delivery that was planned, or one attempt to
 * deliver it and its outcome. The records of one delivery are in order.
 *
 * @param attempt counts the attempts of one delivery, from 1; 0 when it is only planned
 * @param status HTTP status, 0 when there was no response
 * @param error what went wrong in a few words, null when delivered or planned
 * @param entryIds the ledger entries in the batch, in order
 * @param result what follows from it
 * @param nextAttemptAt null when there is none
 * @param createdAt when the batch was closed; null before version 2
 * @param positions where the entries stand in the ledger, in their order; only when it is planned
 * @param webhookVersion the version of the webhook that was sent to, null when nothing was sent
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
        @Nullable Instant nextAttemptAt,
        @Nullable Instant createdAt,
        List<LedgerPosition> positions,
        @Nullable Long webhookVersion) {
    public DeliveryAttempt {
        entryIds = List.copyOf(entryIds);
        positions = List.copyOf(positions);
    }

    /** What follows from it. */
    public enum Result {
        /** Nothing was sent yet: the batch is closed, or was asked for again. */
        PLANNED,
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
