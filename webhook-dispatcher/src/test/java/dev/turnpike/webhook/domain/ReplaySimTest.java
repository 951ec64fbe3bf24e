package dev.turnpike.webhook.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.control.WebhookReplay.OneDelivery;
import dev.turnpike.schemas.control.WebhookReplay.Scope;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.ReplayId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.topic.Span;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.webhook.BillingEnvelope;
import dev.turnpike.schemas.webhook.CustomerField;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.webhook.domain.LedgerRead.Entries;
import dev.turnpike.webhook.domain.LedgerRead.Failed;
import dev.turnpike.webhook.domain.LedgerRead.Found;
import dev.turnpike.webhook.domain.LedgerRead.Locate;
import dev.turnpike.webhook.domain.LedgerRead.Located;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplaySimTest {
    private static final TimeRange ALL =
            new TimeRange(
                    Samples.START.minusSeconds(3_600),
                    Samples.START.plusSeconds(3_600),
                    null,
                    null,
                    null);

    private final ListedDirectory directory = new ListedDirectory();
    private final Map<LedgerPosition, LedgerEntry> ledger = new TreeMap<>(ReplaySimTest::order);
    private final List<Delivery> committed = new ArrayList<>();
    private Map<String, ReplayState> durable = new TreeMap<>();
    private MapStore store = new MapStore(new TreeMap<>());
    private long ids;
    private Instant now = Samples.START;
    private Replays replays = started();

    /** Orders in a map, which can be copied: the copy is what a transaction committed. */
    private record MapStore(Map<String, ReplayState> states) implements ReplayStore {
        @Override
        public List<ReplayState> all() {
            return List.copyOf(states.values());
        }

        @Override
        public void put(ReplayState state) {
            states.put(state.order().id().value(), state);
        }

        @Override
        public void remove(ReplayState state) {
            states.remove(state.order().id().value());
        }
    }

    private static int order(LedgerPosition a, LedgerPosition b) {
        return a.partition() != b.partition()
                ? Integer.compare(a.partition(), b.partition())
                : Long.compare(a.offset(), b.offset());
    }

    private Replays started() {
        return new Replays(
                store,
                directory,
                CustomerField.EXTERNAL_ENTITY_ID,
                () -> DeliveryId.ofUlid(Samples.ulid(++ids)));
    }

    private void write(int count, int partitions) {
        for (int i = 0; i < count; i++) {
            var position = new LedgerPosition(i % partitions, i / partitions);
            ledger.put(position, Samples.entry("e" + i, Samples.START));
        }
    }

    private static WebhookReplay order(long number, Scope scope) {
        var id = ReplayId.ofUlid(Samples.ulid(number));
        return new WebhookReplay(id, Samples.webhookId(1), scope, 0, true, Samples.START);
    }

    private LedgerRead.Outcome answer(LedgerRead read, int atMost) {
        return switch (read) {
            case Locate locate -> {
                var ends = new HashMap<Integer, Long>();
                ledger.keySet()
                        .forEach(one -> ends.merge(one.partition(), one.offset() + 1, Math::max));
                yield new Located(
                        locate,
                        ends.entrySet().stream()
                                .filter(end -> locate.partitions().contains(end.getKey()))
                                .map(end -> new Span(end.getKey(), 0, end.getValue()))
                                .toList());
            }
            case Entries entries -> {
                var found = new LinkedHashMap<LedgerPosition, LedgerEntry>();
                var span = entries.span();
                long to = Math.min(span.to(), span.from() + Math.min(atMost, entries.entriesMax()));
                for (long at = span.from(); at < to; at++) {
                    var position = new LedgerPosition(span.partition(), at);
                    var entry = ledger.get(position);
                    if (entry != null) {
                        found.put(position, entry);
                    }
                }
                yield new Found(entries, found, span.from(to));
            }
        };
    }

    /** One round of the stream thread: reads are answered, then all of it is committed. */
    private List<Delivery> round(int atMost) {
        now = now.plusMillis(50);
        var made = new ArrayList<Delivery>();
        for (var read : replays.tick(now)) {
            made.addAll(replays.took(answer(read, atMost), now));
        }
        return made;
    }

    private void commit(List<Delivery> made) {
        committed.addAll(made);
        durable = new TreeMap<>(store.states());
    }

    private void kill() {
        store = new MapStore(new TreeMap<>(durable));
        replays = started();
    }

    private void deliver(DeliveryId id) {
        replays.recorded(
                new DeliveryAttempt(
                        Samples.webhookId(1),
                        id,
                        1,
                        now,
                        1,
                        200,
                        null,
                        List.of(),
                        DeliveryAttempt.Result.DELIVERED,
                        null,
                        null,
                        List.of(),
                        1L));
    }

    private List<String> events() {
        return committed.stream().flatMap(delivery -> delivery.entryIds().stream()).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyEventIsMadeIntoOneDeliveryWhateverIsKilledAndNoFasterThanDeliveriesEnd(long seed) {
        var random = new Random(seed);
        directory.put(Samples.webhook(1, "https://receiver.example/"));
        write(3_000, 5);
        replays.add(order(1, ALL));
        replays.add(order(2, ALL));
        durable = new TreeMap<>(store.states());
        int ended = 0;
        for (int round = 0; round < 20_000 && !durable.isEmpty(); round++) {
            var made = round(1 + random.nextInt(400));
            if (random.nextInt(10) == 0) {
                kill();
                continue;
            }
            commit(made);
            assertThat(committed.size() - ended)
                    .as("under way, seed %d", seed)
                    .isLessThan(2 * Replays.OPEN_MAX + Replays.CHUNK_ENTRIES / 100);
            if (random.nextInt(3) == 0 && ended < committed.size()) {
                deliver(committed.get(ended++).id());
                durable = new TreeMap<>(store.states());
            }
        }
        assertThat(durable).as("both are carried out, seed %d", seed).isEmpty();
        assertThat(events()).as("seed %d", seed).hasSize(6_000);
        assertThat(events().stream().distinct()).as("seed %d", seed).hasSize(3_000);
        assertThat(committed).extracting(Delivery::id).doesNotHaveDuplicates();
        assertThat(committed).allMatch(delivery -> delivery.entryIds().size() <= 100);
    }

    @Test
    void anOrderThatIsKnownIsNotTakenTwiceAndAStretchWaitsForTheOneBefore() {
        directory.put(Samples.webhook(1, "https://receiver.example/"));
        write(10, 1);
        replays.add(order(1, ALL));
        replays.add(order(1, ALL));
        replays.add(order(2, ALL));
        assertThat(replays.tick(now)).singleElement().isInstanceOf(Locate.class);
        assertThat(store.all()).hasSize(2);
    }

    @Test
    void whatTheFilterAndTheOrderLeaveOutIsNotSent() {
        directory.put(Samples.webhook(1, "https://receiver.example/"));
        directory.parent(Samples.group(3), Samples.group(2));
        var inside = Samples.group(3);
        var root = Samples.group(1);
        int partition = Topics.partition(Topics.LEDGER, root.value());
        var start = Samples.START;
        var completed = Outcome.COMPLETED;
        var entries =
                List.of(
                        Samples.entry("in", start, inside, root, completed, true),
                        Samples.entry("free", start, inside, root, completed, false),
                        Samples.entry("beside", start, root, root, completed, true),
                        Samples.entry(
                                "early", start.minusSeconds(1), inside, root, completed, true),
                        Samples.entry(
                                "late", start.plusSeconds(10), inside, root, completed, true));
        for (int i = 0; i < entries.size(); i++) {
            ledger.put(new LedgerPosition(partition, i), entries.get(i));
        }
        var range =
                new TimeRange(start, start.plusSeconds(10), Samples.group(2), root, "customer-7");
        replays.add(order(1, range));
        for (int i = 0; i < 5; i++) {
            commit(round(1_000));
        }
        assertThat(events()).containsExactly("in");
    }

    @Test
    void aDeliveryIsMadeAgainWithItsIdAndItsBody() {
        directory.put(Samples.webhook(1, "https://receiver.example/"));
        write(20, 4);
        var id = DeliveryId.ofUlid(Samples.ulid(77));
        var positions =
                List.of(
                        new LedgerPosition(2, 1),
                        new LedgerPosition(0, 0),
                        new LedgerPosition(2, 4));
        var entries = positions.stream().map(ledger::get).toList();
        replays.add(order(1, new OneDelivery(id, Samples.START, positions)));
        for (int i = 0; i < 8; i++) {
            commit(round(2));
        }
        assertThat(committed).hasSize(1);
        var made = committed.getFirst();
        assertThat(made.id()).isEqualTo(id);
        assertThat(made.createdAt()).isEqualTo(Samples.START);
        assertThat(made.entryIds()).isEqualTo(entries.stream().map(LedgerEntry::entryId).toList());
        assertThat(made.body())
                .isEqualTo(
                        BillingEnvelope.envelope(
                                Samples.START,
                                entries.stream()
                                        .map(entry ->
                                                BillingEnvelope.event(
                                                        entry, CustomerField.EXTERNAL_ENTITY_ID))
                                        .toList()));
        assertThat(store.all()).isEmpty();
    }

    @Test
    void aDeliveryThatTheLedgerDoesNotHoldAnyMoreIsNotMadeInPart() {
        directory.put(Samples.webhook(1, "https://receiver.example/"));
        write(4, 1);
        var id = DeliveryId.ofUlid(Samples.ulid(77));
        var positions = List.of(new LedgerPosition(0, 1), new LedgerPosition(0, 9));
        replays.add(order(1, new OneDelivery(id, Samples.START, positions)));
        for (int i = 0; i < 8; i++) {
            commit(round(100));
        }
        assertThat(committed).isEmpty();
        assertThat(store.all()).isEmpty();
    }

    @Test
    void aLedgerThatDoesNotAnswerIsAskedAgainAfterAPause() {
        directory.put(Samples.webhook(1, "https://receiver.example/"));
        replays.add(order(1, ALL));
        var read = replays.tick(now).getFirst();
        replays.took(new Failed(read), now);
        assertThat(replays.tick(now)).isEmpty();
        assertThat(replays.tick(now.plus(Replays.PAUSE))).containsExactly(read);
        replays.refused(read);
        assertThat(replays.tick(now.plus(Replays.PAUSE))).containsExactly(read);
    }

    @Test
    void theOrderOfADeletedWebhookIsForgottenButNotAtFirstSight() {
        replays.add(order(1, ALL));
        assertThat(replays.tick(now)).isEmpty();
        assertThat(store.all()).hasSize(1);
        replays.tick(now.plus(Outbox.ABSENCE_MIN).plus(Duration.ofSeconds(1)));
        assertThat(store.all()).isEmpty();
    }
}
