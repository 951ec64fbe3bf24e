package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.control.WebhookReplay.OneDelivery;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.topic.Span;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.webhook.BillingEnvelope;
import dev.turnpike.schemas.webhook.CustomerField;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.EventFilter;
import dev.turnpike.webhook.domain.LedgerRead.Entries;
import dev.turnpike.webhook.domain.LedgerRead.Failed;
import dev.turnpike.webhook.domain.LedgerRead.Found;
import dev.turnpike.webhook.domain.LedgerRead.Locate;
import dev.turnpike.webhook.domain.LedgerRead.Located;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out orders to send events again: says what to read from the ledger and makes deliveries
 * of it. A stretch of time is read in chunks, and no faster than its deliveries are done with, so
 * that it neither floods the outbox nor holds up what comes live; one stretch at a time for each
 * webhook. What is decided is returned; the caller reads, sends on what was made and commits the
 * store, all of it in one transaction, so a kill neither loses an event nor makes one twice.
 *
 * <p>One thread uses it.
 */
public final class Replays {
    /** Deliveries of one order that may be under way before more are made. */
    public static final int OPEN_MAX = 8;

    /** Ledger entries looked at for one chunk. */
    public static final int CHUNK_ENTRIES = 1_000;

    /** Pause after the ledger did not answer. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private final ReplayStore store;
    private final Directory directory;
    private final CustomerField customerField;
    private final Supplier<DeliveryId> ids;
    private final Map<String, Running> running = new LinkedHashMap<>();

    /**
     * Continues with what is in {@code store}.
     *
     * @param customerField how events name the customer
     * @param ids makes the ids of deliveries, increasing
     */
    public Replays(
            ReplayStore store,
            Directory directory,
            CustomerField customerField,
            Supplier<DeliveryId> ids) {
        this.store = store;
        this.directory = directory;
        this.customerField = customerField;
        this.ids = ids;
        store.all().forEach(state -> running.put(key(state.order()), new Running(state)));
    }

    /** What is held in memory of one order. */
    private static final class Running {
        private ReplayState state;
        private boolean reading;
        private Instant pauseUntil = Instant.MIN;
        private @Nullable Instant absentSince;

        /** Of one delivery; read again after a restart. */
        private final Map<LedgerPosition, LedgerEntry> found = new HashMap<>();

        Running(ReplayState state) {
            this.state = state;
        }
    }

    /** Takes an order; one that is known already is not taken twice. */
    public void add(WebhookReplay order) {
        if (!running.containsKey(key(order))) {
            var state = ReplayState.of(order);
            store.put(state);
            running.put(key(order), new Running(state));
        }
    }

    /** Takes note of what became of a delivery. */
    public void recorded(DeliveryAttempt record) {
        boolean done =
                switch (record.result()) {
                    case DELIVERED, EXHAUSTED, DROPPED -> true;
                    case PLANNED, WILL_RETRY, GONE -> false;
                };
        if (!done) {
            return;
        }
        for (var one : running.values()) {
            if (one.state.open().contains(record.deliveryId())) {
                become(one, one.state.done(record.deliveryId()));
            }
        }
    }

    /** Says what to read now; each is answered once by {@link #took} or {@link #refused}. */
    public List<LedgerRead> tick(Instant now) {
        var reads = new ArrayList<LedgerRead>();
        Set<WebhookId> stretching = new HashSet<>();
        for (var one : List.copyOf(running.values())) {
            var order = one.state.order();
            boolean first =
                    switch (order.scope()) {
                        case TimeRange _ -> stretching.add(order.webhookId());
                        case OneDelivery _ -> true;
                    };
            if (first && !one.reading && !now.isBefore(one.pauseUntil) && known(one, now)) {
                next(one, reads);
            }
        }
        return reads;
    }

    /** Nobody took up a read; it is asked for again. */
    public void refused(LedgerRead read) {
        var one = running.get(key(read.webhookId(), read.replayId().value()));
        if (one != null) {
            one.reading = false;
        }
    }

    /** Takes what was read; the answer holds the deliveries made of it. */
    public List<Delivery> took(LedgerRead.Outcome outcome, Instant now) {
        var read = outcome.read();
        var one = running.get(key(read.webhookId(), read.replayId().value()));
        if (one == null || !one.reading) {
            return List.of();
        }
        one.reading = false;
        return switch (outcome) {
            case Failed _ -> {
                one.pauseUntil = now.plus(PAUSE);
                yield List.of();
            }
            case Located(_, var spans) -> {
                become(one, one.state.located(spans));
                yield List.of();
            }
            case Found found -> {
                var webhook = directory.find(read.webhookId());
                yield webhook.isEmpty() ? List.of() : made(one, webhook.get(), found, now);
            }
        };
    }

    /** Whether its webhook exists; the order of a deleted one is forgotten, not at first sight. */
    private boolean known(Running one, Instant now) {
        var order = one.state.order();
        if (directory.find(order.webhookId()).isPresent()) {
            one.absentSince = null;
            return true;
        }
        var since = one.absentSince;
        if (since == null) {
            one.absentSince = now;
        } else if (!now.isBefore(since.plus(Outbox.ABSENCE_MIN))) {
            forget(one);
        }
        return false;
    }

    private void next(Running one, List<LedgerRead> reads) {
        var order = one.state.order();
        var left = one.state.left();
        if (left.isEmpty()) {
            switch (order.scope()) {
                case TimeRange range -> {
                    one.reading = true;
                    reads.add(
                            new Locate(
                                    order.webhookId(),
                                    order.id(),
                                    range.partitions(),
                                    range.from().minus(EventFilter.CLOCK_SKEW_MAX),
                                    range.to().plus(LedgerEntry.LATE_MAX)));
                }
                case OneDelivery delivery -> {
                    one.state = one.state.located(spans(delivery));
                    next(one, reads);
                }
            }
            return;
        }
        if (left.get().isEmpty()) {
            forget(one);
        } else if (one.state.open().size() < OPEN_MAX) {
            one.reading = true;
            var span = left.get().getFirst();
            reads.add(new Entries(order.webhookId(), order.id(), span, CHUNK_ENTRIES));
        }
    }

    private List<Delivery> made(Running one, Webhook webhook, Found found, Instant now) {
        return switch (one.state.order().scope()) {
            case TimeRange range -> {
                var made = batched(webhook, range, found, now);
                become(one, one.state.read(found.left(), made));
                yield made;
            }
            case OneDelivery delivery -> {
                found.found()
                        .forEach((position, entry) -> {
                            if (delivery.positions().contains(position)) {
                                one.found.put(position, entry);
                            }
                        });
                one.state = one.state.read(found.left(), List.of());
                if (!one.state.left().orElseThrow().isEmpty()) {
                    yield List.of();
                }
                forget(one);
                yield again(webhook, delivery, one.found);
            }
        };
    }

    private List<Delivery> batched(Webhook webhook, TimeRange range, Found found, Instant now) {
        var batching = new Batching(Duration.ZERO);
        var batches = new ArrayList<Batching.Batch>();
        long sequence = 0;
        for (var one : found.found().entrySet()) {
            var entry = one.getValue();
            if (EventFilter.matchesAgain(webhook, range, entry, directory::parentOf)) {
                batches.addAll(
                        batching.add(
                                new Batching.Event(
                                        webhook.id(),
                                        ++sequence,
                                        entry.entryId(),
                                        one.getKey(),
                                        BillingEnvelope.event(entry, customerField),
                                        now)));
            }
        }
        batches.addAll(batching.due(now));
        return batches.stream().map(batch -> batch.delivery(ids.get(), now)).toList();
    }

    /** The delivery as it was; none when the ledger does not hold all of it any more. */
    private List<Delivery> again(
            Webhook webhook, OneDelivery order, Map<LedgerPosition, LedgerEntry> found) {
        var entries = new ArrayList<LedgerEntry>();
        for (var position : order.positions()) {
            var entry = found.get(position);
            if (entry == null) {
                return List.of();
            }
            entries.add(entry);
        }
        return List.of(
                new Delivery(
                        webhook.id(),
                        order.deliveryId(),
                        order.madeAt(),
                        entries.stream().map(LedgerEntry::entryId).toList(),
                        order.positions(),
                        BillingEnvelope.envelope(
                                order.madeAt(),
                                entries.stream()
                                        .map(entry -> BillingEnvelope.event(entry, customerField))
                                        .toList())));
    }

    private void become(Running one, ReplayState state) {
        one.state = state;
        store.put(state);
    }

    private void forget(Running one) {
        store.remove(one.state);
        running.remove(key(one.state.order()));
    }

    private static List<Span> spans(OneDelivery order) {
        var spans = new TreeMap<Integer, Span>();
        for (var position : order.positions()) {
            var one = new Span(position.partition(), position.offset(), position.offset() + 1);
            spans.merge(
                    position.partition(),
                    one,
                    (a, b) ->
                            new Span(
                                    a.partition(),
                                    Math.min(a.from(), b.from()),
                                    Math.max(a.to(), b.to())));
        }
        return List.copyOf(spans.values());
    }

    private static String key(WebhookReplay order) {
        return key(order.webhookId(), order.id().value());
    }

    private static String key(WebhookId webhook, String replayId) {
        return webhook.value() + '/' + replayId;
    }
}
