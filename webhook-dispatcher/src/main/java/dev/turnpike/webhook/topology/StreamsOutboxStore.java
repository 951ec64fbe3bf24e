package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.webhook.domain.Delivery;
import dev.turnpike.webhook.domain.Health;
import dev.turnpike.webhook.domain.OutboxStore;
import dev.turnpike.webhook.domain.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The outbox in a store of Kafka Streams. The body of a delivery is written once; what changes with
 * each attempt is small and apart from it, and an index keeps it in the order of due times.
 */
final class StreamsOutboxStore implements OutboxStore {
    private static final byte[] PRESENT = {1};

    private final KeyValueStore<Bytes, byte[]> store;

    StreamsOutboxStore(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    @Override
    public Set<WebhookId> webhooks() {
        var found = new LinkedHashSet<WebhookId>();
        var prefix = OutboxKeys.allHealth();
        try (var all = store.range(prefix, OutboxKeys.end(prefix))) {
            while (all.hasNext()) {
                found.add(OutboxKeys.webhookOfHealth(all.next().key));
            }
        }
        return found;
    }

    @Override
    public Optional<Health> health(WebhookId webhook) {
        return Optional.ofNullable(store.get(OutboxKeys.health(webhook))).map(Forms::health);
    }

    @Override
    public void putHealth(WebhookId webhook, Health health) {
        store.put(OutboxKeys.health(webhook), Forms.health(health));
    }

    @Override
    public void removeHealth(WebhookId webhook) {
        store.delete(OutboxKeys.health(webhook));
    }

    @Override
    public void add(Delivery delivery, Instant now) {
        store.put(OutboxKeys.body(delivery.webhookId(), delivery.id()), Forms.delivery(delivery));
        put(Progress.of(delivery, now));
    }

    @Override
    public void update(Progress before, Progress after) {
        if (!before.nextAttemptAt().equals(after.nextAttemptAt())) {
            store.delete(due(before));
        }
        put(after);
    }

    @Override
    public void remove(Progress progress) {
        store.delete(due(progress));
        store.delete(OutboxKeys.progress(progress.webhookId(), progress.id()));
        store.delete(OutboxKeys.body(progress.webhookId(), progress.id()));
    }

    @Override
    public Optional<Progress> progress(WebhookId webhook, DeliveryId delivery) {
        return Optional.ofNullable(store.get(OutboxKeys.progress(webhook, delivery)))
                .map(Forms::progress);
    }

    @Override
    public Optional<Delivery> delivery(WebhookId webhook, DeliveryId delivery) {
        return Optional.ofNullable(store.get(OutboxKeys.body(webhook, delivery)))
                .map(Forms::delivery);
    }

    @Override
    public List<Progress> oldest(WebhookId webhook, int limit) {
        var found = new ArrayList<Progress>();
        var prefix = OutboxKeys.allProgress(webhook);
        try (var all = store.range(prefix, OutboxKeys.end(prefix))) {
            while (all.hasNext() && found.size() < limit) {
                found.add(Forms.progress(all.next().value));
            }
        }
        return found;
    }

    @Override
    public List<Progress> byDueTime(WebhookId webhook, Optional<Progress> after, int limit) {
        var found = new ArrayList<Progress>();
        var prefix = OutboxKeys.allDue(webhook);
        var from = after.map(StreamsOutboxStore::due).map(OutboxKeys::behind).orElse(prefix);
        try (var all = store.range(from, OutboxKeys.end(prefix))) {
            while (all.hasNext() && found.size() < limit) {
                var id = OutboxKeys.deliveryOfDue(webhook, all.next().key);
                found.add(progress(webhook, id).orElseThrow());
            }
        }
        return found;
    }

    private void put(Progress progress) {
        store.put(
                OutboxKeys.progress(progress.webhookId(), progress.id()), Forms.progress(progress));
        store.put(due(progress), PRESENT);
    }

    private static Bytes due(Progress progress) {
        return OutboxKeys.due(progress.webhookId(), progress.nextAttemptAt(), progress.id());
    }
}
