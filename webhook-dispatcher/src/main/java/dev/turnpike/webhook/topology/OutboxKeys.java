package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;

/**
 * Keys of the outbox store, ordered as bytes: {@code h/webhook}, {@code b/webhook/delivery}, {@code
 * p/webhook/delivery} and {@code q/webhook/due time, delivery}.
 */
final class OutboxKeys {
    private OutboxKeys() {}

    static Bytes allHealth() {
        return text("h/");
    }

    static Bytes health(WebhookId webhook) {
        return text("h/" + webhook.value());
    }

    static WebhookId webhookOfHealth(Bytes key) {
        return new WebhookId(new String(key.get(), StandardCharsets.US_ASCII).substring(2));
    }

    static Bytes body(WebhookId webhook, DeliveryId delivery) {
        return text("b/" + webhook.value() + "/" + delivery.value());
    }

    static Bytes allProgress(WebhookId webhook) {
        return text("p/" + webhook.value() + "/");
    }

    static Bytes progress(WebhookId webhook, DeliveryId delivery) {
        return text("p/" + webhook.value() + "/" + delivery.value());
    }

    static Bytes allDue(WebhookId webhook) {
        return text("q/" + webhook.value() + "/");
    }

    static Bytes due(WebhookId webhook, Instant at, DeliveryId delivery) {
        var prefix = allDue(webhook).get();
        var id = delivery.value().getBytes(StandardCharsets.US_ASCII);
        return Bytes.wrap(
                ByteBuffer.allocate(prefix.length + Long.BYTES + id.length)
                        .put(prefix)
                        .putLong(at.toEpochMilli())
                        .put(id)
                        .array());
    }

    static DeliveryId deliveryOfDue(WebhookId webhook, Bytes key) {
        int from = allDue(webhook).get().length + Long.BYTES;
        var bytes = key.get();
        return new DeliveryId(
                new String(bytes, from, bytes.length - from, StandardCharsets.US_ASCII));
    }

    /** The first key behind {@code key}. */
    static Bytes behind(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }

    /** A key behind all that begin with {@code prefix} and before everything else. */
    static Bytes end(Bytes prefix) {
        var bytes = prefix.get().clone();
        bytes[bytes.length - 1]++; // A slash never overflows.
        return Bytes.wrap(bytes);
    }

    private static Bytes text(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
