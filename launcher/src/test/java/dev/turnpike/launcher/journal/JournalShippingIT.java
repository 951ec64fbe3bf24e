package dev.turnpike.launcher.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.journal.Journal;
import dev.turnpike.edge.journal.JournalSettings;
import dev.turnpike.edge.journal.KafkaEndOffsets;
import dev.turnpike.edge.journal.Shipper;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaClients.Start;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.Decision;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournalShippingIT {
    private static final int RECORDS = 3_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path brokerDirectory;
    @TempDir private Path edgeDirectory;

    @Test
    void whatIsWrittenWhileTheBrokerIsAwayArrivesInOrderWithoutGap() throws InterruptedException {
        var settings = new BrokerSettings(brokerDirectory, BrokerSettings.ANY_PORT);
        KafkaClients clients;
        try (var journal =
                Journal.open(
                        JournalSettings.in(edgeDirectory), InstantSource.system(), () -> "edge")) {
            try (var broker = EmbeddedBroker.start(settings)) {
                clients = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
                try (var admin = clients.admin("topics")) {
                    new TopicChecker(admin).ensure(Topics.ALL);
                }
                try (var shipper = shipper(journal, clients)) {
                    shipper.start((part, cause) -> {});
                    write(journal, 0, RECORDS / 3);
                    awaitShipped(journal);
                    write(journal, RECORDS / 3, RECORDS / 3 + 50); // Some of it on the way.
                }
            }
            write(journal, RECORDS / 3 + 50, 2 * RECORDS / 3);
            assertThat(journal.status().unacknowledged()).isPositive();
            try (var shipper = shipper(journal, clients)) {
                shipper.start((part, cause) -> {});
                write(journal, 2 * RECORDS / 3, RECORDS);
                assertThat(journal.status().unacknowledged()).isPositive();
                try (var broker = EmbeddedBroker.start(settings)) {
                    assertThat(broker.bootstrapServers())
                            .isEqualTo(clients.settings().bootstrapServers());
                    awaitShipped(journal);
                    check(clients);
                }
            }
        }
    }

    private static Shipper shipper(Journal journal, KafkaClients clients) {
        return new Shipper(
                journal,
                () -> clients.batchingProducer("shipper"),
                () -> new KafkaEndOffsets(clients.consumer("shipper-ends", Start.EXPLICIT)),
                InstantSource.system());
    }

    private static void awaitShipped(Journal journal) {
        Eventually.await(
                PATIENCE,
                "everything is acknowledged",
                () -> journal.status().unacknowledged() == 0);
    }

    private static void write(Journal journal, int from, int to) {
        for (int n = from; n < to; n++) {
            journal.terminal(refused(n));
        }
    }

    private static String ulid(int n) {
        return String.format(Locale.ROOT, "%026d", n);
    }

    private static RequestFact.Refused refused(int n) {
        var group = GroupId.ofUlid(ulid(n % 20));
        var caller = new Caller(group, group, "customer", new KeyPrefix("tp_abcdefghijkl"));
        return new RequestFact.Refused(
                new Call(
                        RequestId.ofUlid(ulid(n)),
                        Instant.parse("2026-11-01T12:00:00Z"),
                        caller,
                        "acme/chat",
                        null,
                        "chat",
                        false,
                        Map.of()),
                new Decision(DecisionId.ofUlid(ulid(n)), 429, "rate_limit_exceeded", null, null));
    }

    /** After dropping repetitions, as the aggregator does, sequences count on without a gap. */
    private static void check(KafkaClients clients) {
        var codec = RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
        var last = new HashMap<String, Long>();
        var partitions =
                IntStream.range(0, Topics.PARTITIONS)
                        .mapToObj(i -> new TopicPartition(Topics.REQUESTS.name(), i))
                        .toList();
        int distinct = 0;
        try (var consumer = clients.consumer("check", Start.EARLIEST)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream().mapToLong(o -> o).sum();
            for (long read = 0; read < end; ) {
                for (var one : consumer.poll(Duration.ofMillis(500))) {
                    read++;
                    var record = codec.decode(one.value());
                    var stream = record.stream() + "#" + one.partition();
                    long before = last.getOrDefault(stream, 0L);
                    assertThat(record.sequence()).isLessThanOrEqualTo(before + 1);
                    if (record.sequence() == before + 1) {
                        last.put(stream, record.sequence());
                        distinct++;
                    }
                }
            }
        }
        assertThat(distinct).isEqualTo(RECORDS);
        assertThat(List.copyOf(last.keySet())).hasSizeGreaterThan(1);
    }
}
