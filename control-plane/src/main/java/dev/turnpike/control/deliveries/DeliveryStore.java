package dev.turnpike.control.deliveries;

import dev.turnpike.control.deliveries.KnownDelivery.Status;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The local copy: {@code d/webhook/delivery} holds what is known, {@code t/creation/delivery} in
 * which order it is forgotten, {@code g/webhook} who answered 410. One thread writes, any number
 * read.
 */
final class DeliveryStore {
    /** How long a delivery is known after its creation; its records are kept as long. */
    static final Duration KEPT = Duration.ofDays(30);

    /** Old deliveries forgotten with each record taken in. */
    static final int FORGOTTEN_MAX = 4;

    /** Deliveries looked at for one page; a page may end early with more to come. */
    static final int SCANNED_MAX = 10_000;

    private static final String GONE = "g/";
    private static final String BY_AGE = "t/";

    private final KeyValueStore<String, byte[]> store;

    DeliveryStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /** Takes in one record; one that was taken in before changes nothing. */
    void apply(DeliveryAttempt record) {
        var key = key(record.webhookId(), record.deliveryId());
        var known = find(record.webhookId(), record.deliveryId());
        var after =
                known.map(before -> before.after(record)).orElseGet(() -> KnownDelivery.of(record));
        store.put(key, DeliveryForm.write(after));
        if (known.isEmpty()) {
            store.put(BY_AGE + age(after.createdAt()) + '/' + key, new byte[] {1});
        }
        noteGone(record);
        forget(record.at());
    }

    Optional<KnownDelivery> find(WebhookId webhook, DeliveryId delivery) {
        return Optional.ofNullable(store.get(key(webhook, delivery))).map(DeliveryForm::read);
    }

    /** One page of a webhook's deliveries in creation order; see {@link DeliveryLog#page}. */
    DeliveryLog.Page page(
            WebhookId webhook, Optional<Status> status, Optional<DeliveryId> after, int limit) {
        var prefix = "d/" + webhook.value() + '/';
        var from = after.map(id -> key(webhook, id) + '\0').orElse(prefix);
        var items = new ArrayList<KnownDelivery>();
        int scanned = 0;
        try (var all = store.range(from, prefix + '~')) {
            var last = after;
            while (all.hasNext()) {
                if (items.size() == limit || scanned == SCANNED_MAX) {
                    return new DeliveryLog.Page(items, last);
                }
                scanned++;
                var delivery = DeliveryForm.read(all.next().value);
                last = Optional.of(delivery.id());
                if (status.isEmpty() || status.get() == delivery.status()) {
                    items.add(delivery);
                }
            }
        }
        return new DeliveryLog.Page(items, Optional.empty());
    }

    List<GoneReceiver> gone() {
        var found = new ArrayList<GoneReceiver>();
        try (var all = store.range(GONE, GONE + '~')) {
            while (all.hasNext()) {
                var one = all.next();
                found.add(
                        new GoneReceiver(
                                new WebhookId(one.key.substring(GONE.length())),
                                ByteBuffer.wrap(one.value).getLong()));
            }
        }
        return found;
    }

    /** An attempt that ended late must not cover up what a newer version of the webhook got. */
    private void noteGone(DeliveryAttempt record) {
        var key = GONE + record.webhookId().value();
        var version = record.webhookVersion();
        if (record.result() == Result.DROPPED) {
            store.delete(key);
        } else if (version != null && record.result() == Result.GONE) {
            store.put(key, ByteBuffer.allocate(Long.BYTES).putLong(version).array());
        } else if (version != null && record.result() == Result.DELIVERED) {
            var gone = store.get(key);
            if (gone != null && ByteBuffer.wrap(gone).getLong() < version) {
                store.delete(key);
            }
        }
    }

    private void forget(Instant now) {
        var old = new ArrayList<String>(FORGOTTEN_MAX);
        try (var all = store.range(BY_AGE, BY_AGE + age(now.minus(KEPT)))) {
            while (all.hasNext() && old.size() < FORGOTTEN_MAX) {
                old.add(all.next().key);
            }
        }
        for (var key : old) {
            store.delete(key);
            store.delete(key.substring(key.indexOf('/', BY_AGE.length()) + 1));
        }
    }

    private static String key(WebhookId webhook, DeliveryId delivery) {
        return "d/" + webhook.value() + '/' + delivery.value();
    }

    /** Sorts by time, until the year 2286. */
    private static String age(Instant at) {
        return "%013d".formatted(Math.max(0, at.toEpochMilli()));
    }
}
