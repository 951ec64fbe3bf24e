package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.webhook.DeliveryAttempt;

/** What the replays of a webhook hear of. */
sealed interface ReplayInput {
    /** An order was given. */
    record Ordered(WebhookReplay order) implements ReplayInput {}

    /** Something became of a delivery. */
    record Recorded(DeliveryAttempt record) implements ReplayInput {}
}
