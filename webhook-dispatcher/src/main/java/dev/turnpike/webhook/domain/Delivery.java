package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import java.time.Instant;
import java.util.List;

/**
 * A batch of events on its way to one webhook. It never changes: every attempt sends the same body
 * under the same id.
 *
 * @param id also the value of {@code webhook-id}
 * @param createdAt when the batch was closed
 * @param entryIds the ledger entries in it, in order
 * @param positions where the entries stand in the ledger, in the same order; empty when that is not
 *     known
 * @param body the envelope as UTF-8
 */
public record Delivery(
        WebhookId webhookId,
        DeliveryId id,
        Instant createdAt,
        List<String> entryIds,
        List<LedgerPosition> positions,
        byte[] body) {
    public Delivery {
        entryIds = List.copyOf(entryIds);
        positions = List.copyOf(positions);
    }
}
