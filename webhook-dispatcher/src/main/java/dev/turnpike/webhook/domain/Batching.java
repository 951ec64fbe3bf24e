package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.webhook.BillingEnvelope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the events of each webhook into batches: closed when full, or when the first event has
 * waited long enough. One thread uses it.
 */
public final class Batching {
    /** Events in one batch. */
    public static final int EVENTS_MAX = 100;

    /** Bytes of events in one batch, unless a single event is larger. */
    public static final int EVENT_BYTES_MAX = 256 << 10;

    /** Longest time an event may wait for others. */
    public static final Duration WAIT_MAX = Duration.ofSeconds(1);

    private final Duration wait;
    private final Map<WebhookId, List<Event>> open = new LinkedHashMap<>();

    /**
     * @param wait how long the first event of a batch waits for others, at most {@link #WAIT_MAX}
     */
    public Batching(Duration wait) {
        if (wait.isNegative() || wait.compareTo(WAIT_MAX) > 0) {
            throw new IllegalArgumentException("batch wait out of range: " + wait);
        }
        this.wait = wait;
    }

    /**
     * One event on its way to one webhook.
     *
     * @param sequence orders the events of one store
     * @param entryId the ledger entry it tells of
     * @param position where that entry stands in the ledger, null when that is not known
     * @param json the event object as UTF-8
     * @param takenAt when it was taken
     */
    public record Event(
            WebhookId webhookId,
            long sequence,
            String entryId,
            @Nullable LedgerPosition position,
            byte[] json,
            Instant takenAt) {}

    /** Events that make one delivery, in order, at least one. */
    public record Batch(WebhookId webhookId, List<Event> events) {
        public Batch {
            events = List.copyOf(events);
        }

        /** The batch as a delivery; positions are known of all its events or of none. */
        public Delivery delivery(DeliveryId id, Instant now) {
            var positions = events.stream().map(Event::position).filter(Objects::nonNull).toList();
            return new Delivery(
                    webhookId,
                    id,
                    now,
                    events.stream().map(Event::entryId).toList(),
                    positions.size() == events.size() ? positions : List.of(),
                    BillingEnvelope.envelope(now, events.stream().map(Event::json).toList()));
        }
    }

    /** Whether an event of this ledger entry waits for this webhook already. */
    public boolean waiting(WebhookId webhook, String entryId) {
        return open.getOrDefault(webhook, List.of()).stream()
                .anyMatch(event -> event.entryId().equals(entryId));
    }

    /** Takes an event; the answer holds the batches that it closes, at most two. */
    public List<Batch> add(Event event) {
        var closed = new ArrayList<Batch>(2);
        var waiting = open.get(event.webhookId());
        if (waiting != null && bytes(waiting) + event.json().length > EVENT_BYTES_MAX) {
            closed.add(close(event.webhookId(), waiting));
        }
        var events = open.computeIfAbsent(event.webhookId(), _ -> new ArrayList<>());
        events.add(event);
        if (events.size() >= EVENTS_MAX) {
            closed.add(close(event.webhookId(), events));
        }
        return closed;
    }

    /** Closes the batches that have waited long enough at {@code now}. */
    public List<Batch> due(Instant now) {
        var closed = new ArrayList<Batch>();
        Iterator<Map.Entry<WebhookId, List<Event>>> all = open.entrySet().iterator();
        while (all.hasNext()) {
            var batch = all.next();
            if (!batch.getValue().getFirst().takenAt().plus(wait).isAfter(now)) {
                closed.add(new Batch(batch.getKey(), batch.getValue()));
                all.remove();
            }
        }
        return closed;
    }

    private Batch close(WebhookId webhook, List<Event> events) {
        open.remove(webhook);
        return new Batch(webhook, events);
    }

    private static int bytes(List<Event> events) {
        return events.stream().mapToInt(event -> event.json().length).sum();
    }
}
