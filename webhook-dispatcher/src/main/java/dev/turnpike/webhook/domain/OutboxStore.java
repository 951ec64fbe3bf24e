package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where undelivered deliveries and the health of receivers are kept. What is written here becomes
 * durable with the transaction around it, all or nothing. One thread uses it.
 */
public interface OutboxStore {
    /** Every webhook whose health is stored. */
    Set<WebhookId> webhooks();

    /** The stored health, or empty for a webhook that was never seen. */
    Optional<Health> health(WebhookId webhook);

    /** Replaces the health. */
    void putHealth(WebhookId webhook, Health health);

    /** Forgets the health of a webhook that is deleted. */
    void removeHealth(WebhookId webhook);

    /** Keeps a new delivery, due at {@code now}. */
    void add(Delivery delivery, Instant now);

    /** Replaces how far a delivery has come. */
    void update(Progress before, Progress after);

    /** Forgets a delivery. */
    void remove(Progress progress);

    /** How far the delivery has come, or empty when it is not kept (any more). */
    Optional<Progress> progress(WebhookId webhook, DeliveryId delivery);

    /** The delivery itself, or empty when it is not kept (any more). */
    Optional<Delivery> delivery(WebhookId webhook, DeliveryId delivery);

    /** The oldest undelivered deliveries of a webhook, by id, at most {@code limit}. */
    List<Progress> oldest(WebhookId webhook, int limit);

    /**
     * Undelivered deliveries in the order in which they are due, at most {@code limit}.
     *
     * @param after only what comes behind this one; empty from the beginning
     */
    List<Progress> byDueTime(WebhookId webhook, Optional<Progress> after, int limit);
}
