package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.deadletter.DeadLetter;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.UsageTotal;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.usage.UsageConfig;
import dev.turnpike.usage.UsageService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UsageAggregatorIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REQUESTS = 400;
    private static final RecordCodec<LedgerEntry> LEDGER =
            RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
    private static final RecordCodec<UsageTotal> TOTALS =
            RecordCodec.of(Subject.USAGE_TOTALS, UsageTotal.class);
    private static final RecordCodec<DeadLetter> LETTERS =
            RecordCodec.of(Subject.DEAD_LETTERS, DeadLetter.class);

    private final UsageTraffic traffic = new UsageTraffic(InstantSource.system().instant());
    private final Random random = new Random(20_261_121);
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @TempDir private Path directory;

    private EmbeddedBroker broker;
    private KafkaClients clients;
    private CommittedTopic ledger;
    private CommittedTopic totals;

    @BeforeEach
    void startBroker() throws InterruptedException {
        var settings = new BrokerSettings(directory.resolve("broker"), BrokerSettings.ANY_PORT);
        broker = EmbeddedBroker.start(settings);
        clients = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        try (var admin = clients.admin("test-admin")) {
            new TopicChecker(admin).ensure(Topics.ALL);
        }
        ledger = new CommittedTopic(clients, Topics.LEDGER);
        totals = new CommittedTopic(clients, Topics.USAGE_TOTALS);
        send(List.of(traffic.price()));
    }

    @AfterEach
    void stopBroker() {
        ledger.close();
        totals.close();
        broker.close();
    }

    @Test
    void everyRequestIsInTheLedgerOnceAcrossDuplicatesPoisonAndARestart() {
        // Given
        try (var _ = started()) {
            send(traffic.requests(0, REQUESTS / 2, random));
            send(List.of(poison()));
            awaitEntries(REQUESTS / 4);
        }
        // When
        send(traffic.requests(REQUESTS / 2, REQUESTS, random));
        try (var _ = started()) {
            // Then
            awaitEntries(REQUESTS);
            awaitSettledTotals(REQUESTS);
        }
        assertLedgerHoldsEachOnce();
        assertPoisonIsAmongTheDeadLetters();
        assertThat(failures).isEmpty();
    }

    @Test
    void aDamagedStateDirectoryIsRestoredWithoutCountingAnythingTwice() throws IOException {
        // Given
        try (var _ = started()) {
            send(traffic.requests(0, REQUESTS / 2, random));
            awaitEntries(REQUESTS / 2);
        }
        // When
        int damaged = damageStores();
        assertThat(damaged).isPositive();
        send(traffic.requests(0, REQUESTS, random));
        // Then
        try (var _ = started()) {
            awaitEntries(REQUESTS);
            awaitSettledTotals(REQUESTS);
        }
        assertLedgerHoldsEachOnce();
        assertThat(failures).isEmpty();
    }

    private UsageService started() {
        var clock = InstantSource.system();
        var config =
                new UsageConfig(
                        directory.resolve("usage"), Optional.empty(), 1, Duration.ofDays(10));
        var service =
                new UsageService(
                        config,
                        clients,
                        CompiledSchemas.INSTANCE,
                        new SimpleMeterRegistry(),
                        clock,
                        new IdSource(clock, random));
        service.start((part, cause) -> failures.add(cause));
        Eventually.await(
                PATIENCE,
                "the aggregator is ready",
                () -> service.ready().stream().allMatch(check -> check.probe().get().ok()));
        return service;
    }

    private void awaitEntries(int count) {
        Eventually.await(
                PATIENCE,
                count + " ledger entries",
                () -> ledger.read().size(),
                size -> size >= count);
    }

    /** Waits until the last total of each group says what its requests used, and no more runs. */
    private void awaitSettledTotals(int requests) {
        var expected = new HashMap<String, List<Long>>();
        IntStream.range(0, requests)
                .forEach(number ->
                        expected.merge(
                                traffic.charge(number, 0, 0).counter(),
                                List.of(UsageTraffic.TOKENS_EACH, 0L),
                                (a, b) -> List.of(a.get(0) + b.get(0), 0L)));
        Eventually.await(PATIENCE, "totals of all groups", this::lastTotals, expected::equals);
    }

    private Map<String, List<Long>> lastTotals() {
        var last = new HashMap<String, List<Long>>();
        for (var record : totals.read()) {
            var total = TOTALS.decode(record.value());
            var counter = new String(record.key(), StandardCharsets.UTF_8);
            last.put(counter, List.of(total.used(), total.reserved()));
        }
        return last;
    }

    private void assertLedgerHoldsEachOnce() {
        var records = ledger.read();
        var entries = records.stream().map(record -> LEDGER.decode(record.value())).toList();
        assertThat(entries.stream().map(entry -> entry.call().requestId()))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, REQUESTS).mapToObj(traffic::id).toList());
        assertThat(entries)
                .allMatch(entry -> new NanoUsd(UsageTraffic.NANO_USD_EACH).equals(entry.cost()));
        assertThat(records).allMatch(UsageAggregatorIT::inThePartitionOfItsRequests);
    }

    private static boolean inThePartitionOfItsRequests(ConsumerRecord<byte[], byte[]> record) {
        var key = new String(record.key(), StandardCharsets.UTF_8);
        return record.partition() == Topics.partition(Topics.REQUESTS, key);
    }

    private void assertPoisonIsAmongTheDeadLetters() {
        try (var letters = new CommittedTopic(clients, Topics.DEAD_LETTERS)) {
            var found =
                    Eventually.await(
                            PATIENCE, "a dead letter", letters::read, read -> !read.isEmpty());
            assertThat(found).hasSize(1);
            var letter = LETTERS.decode(found.getFirst().value());
            assertThat(letter.topic()).isEqualTo(Topics.REQUESTS.name());
            assertThat(letter.value()).isEqualTo(poison().value());
        }
    }

    private static ProducerRecord<byte[], byte[]> poison() {
        var garbage = "garbage".getBytes(StandardCharsets.UTF_8);
        return UsageTraffic.record(Topics.REQUESTS, UsageTraffic.group(1).value(), garbage);
    }

    /** Writes over the files that RocksDB needs to open its stores. */
    private int damageStores() throws IOException {
        int damaged = 0;
        try (var files = Files.walk(directory.resolve("usage"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = file.getFileName().toString();
                if (name.equals("CURRENT") || name.startsWith("MANIFEST")) {
                    Files.writeString(file, "not what it was");
                    damaged++;
                }
            }
        }
        return damaged;
    }

    private void send(List<ProducerRecord<byte[], byte[]>> records) {
        try (var producer = clients.batchingProducer("test-edge")) {
            var sent = records.stream().map(producer::send).toList();
            for (var one : sent) {
                one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
