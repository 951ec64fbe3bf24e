package dev.turnpike.webhook.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.control.WebhookReplay.OneDelivery;
import dev.turnpike.schemas.control.WebhookReplay.TimeRange;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.ReplayId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.topic.Span;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.webhook.CustomerField;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import dev.turnpike.webhook.domain.Attempt;
import dev.turnpike.webhook.domain.AttemptResult;
import dev.turnpike.webhook.domain.AttemptResult.Accepted;
import dev.turnpike.webhook.domain.AttemptResult.Unreachable;
import dev.turnpike.webhook.domain.LedgerRead;
import dev.turnpike.webhook.domain.LedgerRead.Entries;
import dev.turnpike.webhook.domain.LedgerRead.Found;
import dev.turnpike.webhook.domain.ListedDirectory;
import dev.turnpike.webhook.domain.Outbox.Ended;
import dev.turnpike.webhook.domain.ReplayState;
import dev.turnpike.webhook.domain.Samples;
import dev.turnpike.webhook.send.SlotPool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookTopologyTest {
    private static final Duration BATCH_WAIT = Duration.ofMillis(200);

    /** An attempt that a test ends by hand. */
    private record Sent(Attempt attempt, Consumer<Ended> done) {
        void end(AttemptResult result) {
            var delivery = attempt.delivery();
            done.accept(new Ended(delivery.webhookId(), delivery.id(), attempt.at(), 7, result));
        }
    }

    /** A read of the ledger that a test answers by hand. */
    private record Asked(LedgerRead read, Consumer<LedgerRead.Outcome> done) {}

    private final List<Asked> reads = new ArrayList<>();
    private final ListedDirectory directory = new ListedDirectory();
    private final SlotPool slots = new SlotPool(64);
    private final List<Sent> sent = new ArrayList<>();
    private final RecordCodec<LedgerEntry> ledger =
            RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
    private final TopologyTestDriver driver;
    private final TestInputTopic<String, byte[]> entries;
    private final TestInputTopic<String, byte[]> orders;
    private boolean closed;

    WebhookTopologyTest(@TempDir Path state) {
        var plan = new StreamsPlan("webhooks", "one", state, true, 1);
        var clock = InstantSource.fixed(Samples.START);
        var properties =
                plan.properties(
                        new KafkaClients(KafkaSettings.plain("127.0.0.1:1")),
                        new DeadLetters("test", CompiledSchemas.INSTANCE, clock));
        var delivering =
                new Delivering(
                        directory,
                        slots,
                        (attempt, done) -> sent.add(new Sent(attempt, done)),
                        new Random(1),
                        4,
                        _ -> {});
        var topology =
                WebhookTopology.of(
                        CompiledSchemas.INSTANCE,
                        BATCH_WAIT,
                        new IdSource(clock, new Random(1)),
                        delivering,
                        new Replaying(
                                directory,
                                (read, done) -> {
                                    reads.add(new Asked(read, done));
                                    return true;
                                },
                                CustomerField.EXTERNAL_ENTITY_ID));
        driver = new TopologyTestDriver(topology, properties, Samples.START);
        entries =
                driver.createInputTopic(
                        Topics.LEDGER.name(), new StringSerializer(), new ByteArraySerializer());
        orders =
                driver.createInputTopic(
                        Topics.WEBHOOK_REPLAYS.name(),
                        new StringSerializer(),
                        new ByteArraySerializer());
        directory.put(Samples.webhook(1, "https://receiver.example/"));
    }

    @AfterEach
    void close() {
        if (!closed) {
            driver.close();
        }
        closed = true;
    }

    private void write(LedgerEntry entry) {
        entries.pipeInput("root", ledger.encode(entry));
    }

    private void after(Duration wait) {
        driver.advanceWallClockTime(wait);
    }

    private List<DeliveryAttempt> attempts() {
        var codec = RecordCodec.of(Subject.WEBHOOK_ATTEMPTS, DeliveryAttempt.class);
        return driver
                .createOutputTopic(
                        Topics.WEBHOOK_ATTEMPTS.name(),
                        new StringDeserializer(),
                        new ByteArrayDeserializer())
                .readValuesToList()
                .stream()
                .map(codec::decode)
                .toList();
    }

    @Test
    void entriesBecomeOneSignedBatchAndItsAcceptanceIsRecorded() {
        // Given
        write(Samples.entry("a", Samples.START));
        write(Samples.entry("b", Samples.START));
        assertThat(sent).isEmpty();
        // When
        after(BATCH_WAIT);
        sent.getFirst().end(new Accepted(200));
        after(DeliverProcessor.TICK);
        // Then
        assertThat(sent).hasSize(1);
        var body = new String(sent.getFirst().attempt().delivery().body(), StandardCharsets.UTF_8);
        assertThat(body).contains("\"idempotencyKey\":\"a\"").contains("\"idempotencyKey\":\"b\"");
        var records = attempts();
        assertThat(records).hasSize(2);
        assertThat(records.getFirst().result()).isEqualTo(Result.PLANNED);
        assertThat(records.getFirst().positions())
                .containsExactly(new LedgerPosition(0, 0), new LedgerPosition(0, 1));
        assertThat(records.getLast())
                .satisfies(attempt -> {
                    assertThat(attempt.result()).isEqualTo(Result.DELIVERED);
                    assertThat(attempt.entryIds()).containsExactly("a", "b");
                    assertThat(attempt.latencyMs()).isEqualTo(7);
                });
        assertThat(slots.taken()).isZero();
    }

    @Test
    void aFailedDeliveryIsSentAgainWithTheSameIdAndBody() {
        // Given
        write(Samples.entry("a", Samples.START));
        after(BATCH_WAIT);
        // When
        sent.getFirst().end(new Unreachable("connection refused"));
        after(DeliverProcessor.TICK);
        after(Duration.ofSeconds(7));
        // Then
        assertThat(attempts())
                .extracting(DeliveryAttempt::result)
                .containsExactly(Result.PLANNED, Result.WILL_RETRY);
        assertThat(sent).hasSize(2);
        var first = sent.get(0).attempt().delivery();
        var second = sent.get(1).attempt().delivery();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(sent.get(1).attempt().number()).isEqualTo(2);
    }

    @Test
    void everyWebhookGetsWhatItsFilterLetsThrough() {
        // Given
        var all = Samples.webhook(2, "https://receiver.example/2");
        directory.put(Samples.filtered(all, List.of(), List.of("refused")));
        // When
        write(Samples.entry("paid", Samples.START));
        write(
                Samples.entry(
                        "no",
                        Samples.START,
                        Samples.group(1),
                        Samples.group(1),
                        Outcome.REFUSED,
                        false));
        after(BATCH_WAIT);
        // Then
        assertThat(sent)
                .extracting(
                        one -> one.attempt().webhook().id(),
                        one -> one.attempt().delivery().entryIds())
                .containsExactlyInAnyOrder(
                        tuple(Samples.webhookId(1), List.of("paid")),
                        tuple(Samples.webhookId(2), List.of("no")));
    }

    @Test
    void aFullBatchDoesNotWait() {
        for (int i = 0; i < 100; i++) {
            write(Samples.entry("e" + i, Samples.START));
        }
        assertThat(sent)
                .singleElement()
                .matches(one -> one.attempt().delivery().entryIds().size() == 100);
    }

    @Test
    void anOrderBecomesTheDeliveryItNamesWithoutStoppingWhatIsNew() {
        // Given
        var id = DeliveryId.ofUlid(Samples.ulid(9));
        var position = new LedgerPosition(3, 7);
        var scope = new OneDelivery(id, Samples.START, List.of(position));
        var replay = ReplayId.ofUlid(Samples.ulid(1));
        orders.pipeInput(
                Samples.webhookId(1).value(),
                RecordCodec.of(Subject.WEBHOOK_REPLAYS, WebhookReplay.class)
                        .encode(
                                new WebhookReplay(
                                        replay,
                                        Samples.webhookId(1),
                                        scope,
                                        1,
                                        true,
                                        Samples.START)));
        write(Samples.entry("new", Samples.START));
        after(BATCH_WAIT);
        sent.getFirst().end(new Accepted(200));
        // When
        var asked = (Entries) reads.getFirst().read();
        assertThat(asked.span()).isEqualTo(new Span(3, 7, 8));
        var old = Samples.entry("old", Samples.START);
        reads.getFirst()
                .done()
                .accept(new Found(asked, Map.of(position, old), asked.span().from(8)));
        after(ReplayProcessor.TICK);
        // Then
        assertThat(sent).hasSize(2);
        var again = sent.getLast().attempt().delivery();
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.entryIds()).containsExactly("old");
        sent.getLast().end(new Accepted(200));
        after(DeliverProcessor.TICK);
        assertThat(attempts())
                .filteredOn(one -> one.deliveryId().equals(id))
                .extracting(DeliveryAttempt::result)
                .containsExactly(Result.PLANNED, Result.DELIVERED);
    }

    @Test
    void everyFormOfAReplayIsReadAsItWasWritten() {
        var group = Samples.group(2);
        var range = new TimeRange(Samples.START, Samples.START.plusSeconds(1), group, group, "c");
        var id = ReplayId.ofUlid(Samples.ulid(1));
        var order = new WebhookReplay(id, Samples.webhookId(1), range, 3, true, Samples.START);
        var begun =
                new ReplayState(
                        order,
                        Optional.of(List.of(new Span(1, 2, 3))),
                        Set.of(DeliveryId.ofUlid(Samples.ulid(4))));
        assertThat(Forms.replay(Forms.replay(begun))).isEqualTo(begun);
        assertThat(Forms.replay(Forms.replay(ReplayState.of(order))))
                .isEqualTo(ReplayState.of(order));
    }

    @Test
    void bytesThatAreNoEntryDoNotStopTheRest() {
        entries.pipeInput("root", new byte[] {7, 7});
        write(Samples.entry("a", Samples.START));
        after(BATCH_WAIT);
        assertThat(sent).hasSize(1);
    }

    @Test
    void theEndsOfAttemptsOfAClosedTaskOnlyGiveTheirSlotsBack() {
        write(Samples.entry("a", Samples.START));
        after(BATCH_WAIT);
        assertThat(slots.taken()).isEqualTo(1);
        close();
        sent.getFirst().end(new Accepted(200));
        assertThat(slots.taken()).isZero();
    }
}
