package dev.turnpike.webhook.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.webhook.BillingEnvelope;
import dev.turnpike.schemas.webhook.CustomerField;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.webhook.domain.Outbox.Ended;
import dev.turnpike.webhook.send.SlotPool;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The dispatcher on virtual time: a ledger, the batcher, a topic of deliveries, the outbox and
 * scripted receivers. Work since the last commit is lost by a kill; requests that were under way
 * may have reached their receiver all the same.
 */
final class Simulation {
    static final int WINDOW_MAX = 4;
    static final Duration BATCH_WAIT = Duration.ofMillis(200);

    /** What a receiver does with a request that begins at {@code at}. */
    @FunctionalInterface
    interface Receiver {
        Answer answer(Instant at, RandomGenerator random);
    }

    record Answer(AttemptResult result, Duration after) {}

    private record Flight(Ended ended, Instant endsAt, int life, boolean proven) {}

    final ListedDirectory directory = new ListedDirectory();
    final SlotPool slots = new SlotPool(64);
    final Map<WebhookId, Receiver> receivers = new HashMap<>();
    final Map<DeliveryAttempt.Result, Integer> results =
            new EnumMap<>(DeliveryAttempt.Result.class);
    final Set<String> transitions = new HashSet<>();
    final Map<String, Instant> acceptedAt = new HashMap<>(); // webhook/entry
    final Map<String, DeliveryId> deliveryOf = new HashMap<>(); // webhook/entry
    final Map<DeliveryId, byte[]> bodies = new HashMap<>();
    final Map<WebhookId, List<Instant>> requests = new HashMap<>();
    final Set<String> repeated = new HashSet<>();
    Instant now = Samples.START;

    /** The delivery a receiver is asked to take right now. */
    String current = "";

    private final RandomGenerator random;
    private final List<String> ledger = new ArrayList<>();
    private final Map<String, Instant> writtenAt = new HashMap<>();
    private final List<Delivery> deliveries = new ArrayList<>();
    private final PriorityQueue<Flight> flights =
            new PriorityQueue<>(Comparator.comparing(Flight::endsAt));

    // What the running process holds, and what it has committed.
    private int life;
    private long ids;
    private int ledgerAt;
    private int deliveriesAt;
    private TreeMap<Long, Batching.Event> waiting = new TreeMap<>();
    private List<Delivery> made = new ArrayList<>();
    private MemoryOutboxStore store = new MemoryOutboxStore();
    private Batching batching = new Batching(BATCH_WAIT);
    private Outbox outbox;
    private Committed committed = new Committed(0, 0, new TreeMap<>(), new MemoryOutboxStore());

    private record Committed(
            int ledgerAt,
            int deliveriesAt,
            TreeMap<Long, Batching.Event> waiting,
            MemoryOutboxStore store) {}

    Simulation(RandomGenerator random) {
        this.random = random;
        this.outbox = new Outbox(store, directory, slots, random, WINDOW_MAX);
    }

    void write(String entryId) {
        if (writtenAt.putIfAbsent(entryId, now) != null) {
            repeated.add(entryId);
        }
        ledger.add(entryId);
    }

    /** Runs the process up to {@code until}, looking at its clock every {@code tick}. */
    void run(Instant until, Duration tick, double killsPerStep) {
        while (now.isBefore(until)) {
            step(killsPerStep);
            var next = now.plus(tick);
            var flight = flights.peek();
            if (flight != null && flight.endsAt().isBefore(next)) {
                next = flight.endsAt();
            }
            now = next.isAfter(until) ? until : next;
        }
        step(0);
    }

    boolean idle() {
        return store.size() == 0 && waiting.isEmpty() && ledgerAt == ledger.size();
    }

    private void step(double killsPerStep) {
        List<Runnable> parts =
                List.of(
                        this::readLedger,
                        this::closeBatches,
                        this::readDeliveries,
                        this::endings,
                        () -> perform(outbox.tick(now)),
                        this::commit);
        for (var part : parts) {
            part.run();
            if (random.nextDouble() < killsPerStep) {
                kill();
            }
        }
    }

    private void readLedger() {
        while (ledgerAt < ledger.size()) {
            var entryId = ledger.get(ledgerAt++);
            var json =
                    BillingEnvelope.event(
                            Samples.entry(entryId, writtenAt(entryId)),
                            CustomerField.EXTERNAL_ENTITY_ID);
            for (var webhook : directory.webhooks()) {
                var event = new Batching.Event(webhook.id(), ++ids, entryId, null, json, now);
                if (!batching.waiting(webhook.id(), entryId)) {
                    waiting.put(event.sequence(), event);
                    make(batching.add(event));
                }
            }
        }
    }

    private void closeBatches() {
        make(batching.due(now));
    }

    private void make(List<Batching.Batch> batches) {
        for (var batch : batches) {
            batch.events().forEach(event -> waiting.remove(event.sequence()));
            var id = DeliveryId.ofUlid(Samples.ulid(++ids));
            var entryIds = batch.events().stream().map(Batching.Event::entryId).toList();
            var body = (id + " " + entryIds).getBytes(StandardCharsets.UTF_8);
            made.add(new Delivery(batch.webhookId(), id, now, entryIds, List.of(), body));
        }
    }

    private void readDeliveries() {
        while (deliveriesAt < deliveries.size()) {
            perform(outbox.add(deliveries.get(deliveriesAt++), now));
        }
    }

    private void endings() {
        while (!flights.isEmpty() && !flights.peek().endsAt().isAfter(now)) {
            var flight = flights.remove();
            slots.release(flight.proven());
            if (flight.life() == life) {
                var webhook = flight.ended().webhookId();
                var before = store.health(webhook).map(Simulation::kind).orElse("none");
                perform(outbox.ended(flight.ended(), now));
                var after = store.health(webhook).map(Simulation::kind).orElse("none");
                transitions.add(before + ">" + after);
            }
        }
    }

    private static String kind(Health health) {
        return health.getClass().getSimpleName();
    }

    private void commit() {
        deliveries.addAll(made);
        made = new ArrayList<>();
        committed = new Committed(ledgerAt, deliveriesAt, new TreeMap<>(waiting), store.copy());
    }

    private void kill() {
        life++;
        ledgerAt = committed.ledgerAt();
        deliveriesAt = committed.deliveriesAt();
        waiting = new TreeMap<>(committed.waiting());
        store = committed.store().copy();
        made = new ArrayList<>();
        batching = new Batching(BATCH_WAIT);
        waiting.values().forEach(batching::add);
        outbox = new Outbox(store, directory, slots, random, WINDOW_MAX);
    }

    private void perform(Outbox.Effects effects) {
        effects.facts().forEach(fact -> results.merge(fact.result(), 1, Integer::sum));
        for (var attempt : effects.attempts()) {
            receive(attempt);
        }
        assertThat(slots.taken()).as("slots in use").isLessThanOrEqualTo(64);
    }

    private void receive(Attempt attempt) {
        var delivery = attempt.delivery();
        var webhook = delivery.webhookId();
        var known = bodies.putIfAbsent(delivery.id(), delivery.body());
        assertThat(known == null || Arrays.equals(known, delivery.body()))
                .as("%s has one body", delivery.id())
                .isTrue();
        requests.computeIfAbsent(webhook, _ -> new ArrayList<>()).add(now);
        current = delivery.id().value();
        var answer = Objects.requireNonNull(receivers.get(webhook)).answer(now, random);
        for (var entryId : delivery.entryIds()) {
            var key = webhook + "/" + entryId;
            var before = deliveryOf.put(key, delivery.id());
            assertThat(before == null || before.equals(delivery.id()) || repeated.contains(entryId))
                    .as("%s came as %s and as %s", key, before, delivery.id())
                    .isTrue();
            if (answer.result() instanceof AttemptResult.Accepted) {
                acceptedAt.putIfAbsent(key, now.plus(answer.after()));
            }
        }
        var ended =
                new Ended(webhook, delivery.id(), now, answer.after().toMillis(), answer.result());
        flights.add(new Flight(ended, now.plus(answer.after()), life, attempt.proven()));
        long mine =
                flights.stream()
                        .filter(f -> f.life() == life && f.ended().webhookId().equals(webhook))
                        .count();
        assertThat(mine).as("attempts at one receiver").isLessThanOrEqualTo(WINDOW_MAX);
    }

    /** Entries that some webhook has not accepted. */
    Map<String, Instant> missing() {
        var missing = new LinkedHashMap<String, Instant>();
        for (var webhook : directory.webhooks()) {
            for (var entryId : ledger) {
                var key = webhook.id() + "/" + entryId;
                if (!acceptedAt.containsKey(key)) {
                    missing.put(key, writtenAt(entryId));
                }
            }
        }
        return missing;
    }

    private Instant writtenAt(String entryId) {
        return Objects.requireNonNull(writtenAt.get(entryId));
    }

    private Duration delay(String entryId, @Nullable Instant accepted) {
        assertThat(accepted).as("%s is accepted", entryId).isNotNull();
        return Duration.between(writtenAt(entryId), Objects.requireNonNull(accepted));
    }

    int requests(WebhookId webhook) {
        return requests.getOrDefault(webhook, List.of()).size();
    }

    /** How long each entry took to be accepted by {@code webhook}. */
    List<Duration> delays(WebhookId webhook) {
        return ledger.stream().map(id -> delay(id, acceptedAt.get(webhook + "/" + id))).toList();
    }
}
