package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.SealedSecret;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.webhook.Delivery;
import dev.turnpike.testkit.webhook.WebhookSink;
import dev.turnpike.webhook.WebhookConfig;
import dev.turnpike.webhook.WebhookService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ledger in, webhooks out, on a real broker and real sockets. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebhookDispatcherIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final WebhookId WEBHOOK = WebhookId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV");

    @TempDir Path directory;

    private final Clock clock = Clock.systemUTC();
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Envelope envelope = new Envelope(MasterKey.of(new byte[MasterKey.BYTES]));
    private EmbeddedBroker broker;
    private KafkaClients clients;

    @BeforeEach
    void startBroker() throws InterruptedException {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        clients = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        try (var admin = clients.admin("test")) {
            new TopicChecker(admin).ensure(Topics.ALL);
        }
    }

    @AfterEach
    void stopBroker() {
        broker.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void everyEventIsAcceptedOnceByAReceiverThatFailsFirstAndADispatcherThatRestarts()
            throws Exception {
        try (var sink = WebhookSink.start()) {
            sink.enqueue(Script.status(500), Script.status(503));
            writeWebhook(sink.url());
            try (var service = started()) {
                writeLedger(0, 150);
                sink.awaitEvents(150, PATIENCE);
                // What is accepted but not yet recorded would rightly be sent again.
                Eventually.await(PATIENCE, "150 recorded", () -> delivered().size() == 150);
                sink.answer(_ -> Script.status(500));
                var failed = sink.deliveries().size();
                writeLedger(150, 200);
                sink.awaitDeliveries(failed + 1, PATIENCE);
                assertThat(service.ready()).allMatch(check -> check.probe().get().ok());
            }
            sink.answer(_ -> Script.status(200));
            try (var _ = started()) {
                writeLedger(200, 250);
                sink.awaitEvents(250, PATIENCE);
                Eventually.await(PATIENCE, "250 recorded", () -> delivered().size() == 250);
            }
            assertThat(sink.eventCounts()).hasSize(250).allSatisfy((_, n) -> assertThat(n).isOne());
            assertOneBodyForEachId(sink.deliveries());
            verifySignatures(sink.deliveries());
        }
    }

    private WebhookService started() {
        var settings =
                Settings.of(
                        Map.of(
                                "data-directory",
                                directory.toString(),
                                "outbound.allow-private",
                                "true"));
        var config = WebhookConfig.read(settings);
        settings.finish();
        var service =
                new WebhookService(
                        config,
                        clients,
                        CompiledSchemas.INSTANCE,
                        envelope,
                        new SimpleMeterRegistry(),
                        clock,
                        new IdSource(clock, random),
                        random);
        service.start((part, cause) -> failures.add(part + ": " + cause));
        Eventually.await(
                PATIENCE,
                "the dispatcher is ready",
                () -> service.ready().stream().allMatch(check -> check.probe().get().ok()));
        return service;
    }

    private void writeWebhook(String url) throws ExecutionException, InterruptedException {
        var owner = new Envelope.Owner("webhook", WEBHOOK.value(), 1);
        var sealed = envelope.seal(SECRET.getBytes(StandardCharsets.UTF_8), owner);
        var created = clock.instant();
        var webhook =
                new Webhook(
                        WEBHOOK,
                        url,
                        null,
                        List.of(),
                        List.of(),
                        true,
                        null,
                        new SealedSecret(sealed, 1, null),
                        List.of(),
                        created,
                        created,
                        1);
        var codec = RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);
        try (var producer = clients.promptProducer("control")) {
            producer.send(
                            new ProducerRecord<>(
                                    Topics.CONTROL_STATE.name(),
                                    webhook.stateKey().getBytes(StandardCharsets.UTF_8),
                                    codec.encode(new ControlState(1, webhook))))
                    .get();
        }
    }

    private void writeLedger(int from, int to) {
        var codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
        try (var producer = clients.batchingProducer("ledger")) {
            for (int i = from; i < to; i++) {
                var group = GroupId.ofUlid("01ARZ3NDEK%016d".formatted(i % 5));
                var key = group.value().getBytes(StandardCharsets.UTF_8);
                var value = codec.encode(entry("evt-" + i, group, clock.instant()));
                var _ = producer.send(new ProducerRecord<>(Topics.LEDGER.name(), key, value));
            }
            producer.flush();
        }
    }

    private static LedgerEntry entry(String id, GroupId group, Instant at) {
        var call =
                new Call(
                        RequestId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                        at,
                        new Caller(group, group, "customer", new KeyPrefix("tp_abcdef")),
                        "acme/fast",
                        null,
                        "chat",
                        false,
                        Map.of("run", "ü"));
        var settlement =
                new Settlement(
                        Outcome.COMPLETED,
                        true,
                        new TokenUsage(10, 0, 0, 5, 0),
                        UsageSource.PROVIDER,
                        false,
                        null,
                        Provider.DEMO,
                        "demo",
                        200,
                        "stop",
                        at,
                        100,
                        10L,
                        List.of());
        return new LedgerEntry(id, call, null, settlement, List.of(), new NanoUsd(1), null);
    }

    /** Entries of all attempts that are recorded as delivered. */
    private List<String> delivered() {
        var codec = RecordCodec.of(Subject.WEBHOOK_ATTEMPTS, DeliveryAttempt.class);
        var topic = Topics.WEBHOOK_ATTEMPTS.name();
        var found = new ArrayList<String>();
        try (var consumer = clients.consumer("reader", KafkaClients.Start.EXPLICIT)) {
            var partitions =
                    IntStream.range(0, Topics.PARTITIONS)
                            .mapToObj(partition -> new TopicPartition(topic, partition))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition ->
                            consumer.position(partition)
                                    < Objects.requireNonNull(ends.get(partition)))) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> {
                            var attempt = codec.decode(record.value());
                            if (attempt.result() == Result.DELIVERED) {
                                found.addAll(attempt.entryIds());
                            }
                        });
            }
        }
        return found;
    }

    private static void assertOneBodyForEachId(List<Delivery> deliveries) {
        var bodies =
                deliveries.stream()
                        .collect(
                                Collectors.groupingBy(
                                        delivery -> delivery.webhookId().orElseThrow(),
                                        Collectors.mapping(
                                                delivery -> delivery.request().text(),
                                                Collectors.toSet())));
        assertThat(bodies).allSatisfy((_, all) -> assertThat(all).hasSize(1));
        assertThat(deliveries.size()).as("some were repeated").isGreaterThan(bodies.size());
    }

    private static void verifySignatures(List<Delivery> deliveries) throws Exception {
        var verifier = new com.standardwebhooks.Webhook(SECRET);
        for (var delivery : deliveries) {
            var headers = HttpHeaders.of(delivery.request().headers(), (_, _) -> true);
            verifier.verify(delivery.request().text(), headers);
        }
    }
}
