package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** An outbox in maps, which can be copied: the copy is what a transaction committed. */
final class MemoryOutboxStore implements OutboxStore {
    private static final Comparator<Progress> DUE =
            Comparator.comparing(Progress::nextAttemptAt)
                    .thenComparing(progress -> progress.id().value());

    private final Map<WebhookId, Health> health = new LinkedHashMap<>();
    private final Map<WebhookId, TreeMap<String, Progress>> progress = new HashMap<>();
    private final Map<WebhookId, TreeSet<Progress>> due = new HashMap<>();
    private final Map<DeliveryId, Delivery> deliveries = new HashMap<>();

    MemoryOutboxStore copy() {
        var copy = new MemoryOutboxStore();
        copy.health.putAll(health);
        copy.deliveries.putAll(deliveries);
        progress.forEach((id, all) -> all.values().forEach(one -> copy.put(id, one)));
        return copy;
    }

    int size() {
        return deliveries.size();
    }

    @Override
    public Set<WebhookId> webhooks() {
        return Set.copyOf(health.keySet());
    }

    @Override
    public Optional<Health> health(WebhookId webhook) {
        return Optional.ofNullable(health.get(webhook));
    }

    @Override
    public void putHealth(WebhookId webhook, Health next) {
        health.put(webhook, next);
    }

    @Override
    public void removeHealth(WebhookId webhook) {
        health.remove(webhook);
    }

    @Override
    public void add(Delivery delivery, Instant now) {
        deliveries.put(delivery.id(), delivery);
        put(delivery.webhookId(), Progress.of(delivery, now));
    }

    @Override
    public void update(Progress before, Progress after) {
        ordered(before.webhookId()).remove(before);
        put(after.webhookId(), after);
    }

    @Override
    public void remove(Progress gone) {
        ordered(gone.webhookId()).remove(gone);
        all(gone.webhookId()).remove(gone.id().value());
        deliveries.remove(gone.id());
    }

    @Override
    public Optional<Progress> progress(WebhookId webhook, DeliveryId delivery) {
        return Optional.ofNullable(all(webhook).get(delivery.value()));
    }

    @Override
    public Optional<Delivery> delivery(WebhookId webhook, DeliveryId delivery) {
        return Optional.ofNullable(deliveries.get(delivery));
    }

    @Override
    public List<Progress> oldest(WebhookId webhook, int limit) {
        return all(webhook).values().stream().limit(limit).toList();
    }

    @Override
    public List<Progress> byDueTime(WebhookId webhook, Optional<Progress> after, int limit) {
        var all = ordered(webhook);
        var from = after.isPresent() ? all.tailSet(after.get(), false) : all;
        return from.stream().limit(limit).toList();
    }

    private void put(WebhookId webhook, Progress one) {
        all(webhook).put(one.id().value(), one);
        ordered(webhook).add(one);
    }

    private TreeMap<String, Progress> all(WebhookId webhook) {
        return progress.computeIfAbsent(webhook, _ -> new TreeMap<>());
    }

    private TreeSet<Progress> ordered(WebhookId webhook) {
        return due.computeIfAbsent(webhook, _ -> new TreeSet<>(DUE));
    }
}
