package dev.turnpike.control.deliveries;

import dev.turnpike.schemas.id.WebhookId;

/**
 * A receiver that answered 410.
 *
 * @param webhookVersion the version of the webhook that was sent to
 */
public record GoneReceiver(WebhookId webhookId, long webhookVersion) {}
