package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The shipper step by step, beside producers that answer when told. */
class ShipperTest {
    private static final RecordCodec<RequestRecord> CODEC =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
    private static final Cluster CLUSTER = cluster();

    private final ManualClock clock = new ManualClock(Facts.NOON);
    private final MemoryStore store = new MemoryStore();
    private final Journal journal = open();
    private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final long[] ends = LongStream.generate(() -> 100).limit(Topics.PARTITIONS).toArray();
    private boolean away;
    private int attempts;
    private final Shipper shipper = shipper();

    private static Cluster cluster() {
        var node = new Node(0, "127.0.0.1", 9);
        var nodes = new Node[] {node};
        var partitions =
                IntStream.range(0, Topics.PARTITIONS)
                        .mapToObj(i ->
                                new PartitionInfo(Topics.REQUESTS.name(), i, node, nodes, nodes))
                        .toList();
        return new Cluster("c", List.of(node), partitions, Set.of(), Set.of());
    }

    private Journal open() {
        return Journal.open(
                store,
                () -> {},
                new JournalSettings(Path.of("unused"), Optional.empty(), 1L << 30, false),
                CODEC,
                clock,
                () -> "edge");
    }

    private Shipper shipper() {
        return new Shipper(
                journal,
                () -> {
                    attempts++;
                    if (away) {
                        throw new TimeoutException("no broker");
                    }
                    var producer =
                            new MockProducer<>(
                                    CLUSTER,
                                    false,
                                    null,
                                    new ByteArraySerializer(),
                                    new ByteArraySerializer());
                    producers.add(producer);
                    return producer;
                },
                () ->
                        new EndOffsets() {
                            @Override
                            public long[] ask() {
                                return ends.clone();
                            }

                            @Override
                            public void close() {}
                        },
                clock);
    }

    private MockProducer<byte[], byte[]> producer() {
        return producers.getLast();
    }

    private void startThree() {
        for (int n = 1; n <= 3; n++) {
            journal.started(Facts.started(n));
        }
    }

    private List<String> sent() {
        return sent(producer());
    }

    private static List<String> sent(MockProducer<byte[], byte[]> by) {
        return by.history().stream().map(ProducerRecord::value).map(ShipperTest::idOf).toList();
    }

    private static String idOf(byte[] value) {
        return CODEC.decode(value).fact().call().requestId().value();
    }

    private static String[] ids(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(n -> Facts.id(n).value())
                .toArray(String[]::new);
    }

    @Test
    void recordsLeaveInOrderToTheirPartitionWithTheirBytes() {
        startThree();
        shipper.step();
        assertThat(sent()).containsExactly(ids(1, 3));
        assertThat(producer().history())
                .allSatisfy(record -> {
                    var root =
                            CODEC.decode(record.value())
                                    .fact()
                                    .call()
                                    .caller()
                                    .rootGroupId()
                                    .value();
                    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(root);
                    assertThat(record.partition())
                            .isEqualTo(Topics.partition(Topics.REQUESTS, root));
                });
    }

    @Test
    void whatArrivesLeavesTheBacklog() {
        startThree();
        shipper.step();
        producer().completeNext();
        producer().completeNext();
        shipper.step();
        assertThat(journal.status().unacknowledged()).isEqualTo(1);
        producer().completeNext();
        shipper.step();
        assertThat(journal.status().unacknowledged()).isZero();
        assertThat(journal.status().unacknowledgedBytes()).isZero();
        assertThat(shipper.connected()).isTrue();
    }

    @Test
    void afterAnErrorANewProducerSendsEverythingFromTheFirstGap() {
        startThree();
        shipper.step();
        producer().completeNext();
        producer().errorNext(new TimeoutException("expired"));
        assertThat(producer().closed()).isTrue();
        shipper.step();
        assertThat(producers).hasSize(1);
        clock.advance(Duration.ofSeconds(1));
        shipper.step();
        assertThat(producers).hasSize(2);
        assertThat(sent()).containsExactly(ids(2, 3));
    }

    @Test
    void pausesGrowWhileKafkaIsAwayAndNothingIsLost() {
        away = true;
        startThree();
        for (int millis = 0; millis < 60_000; millis += 100) {
            shipper.step();
            clock.advance(Duration.ofMillis(100));
        }
        // 100, 200, 400 ms and so on, then every 10 s: not 600 attempts.
        assertThat(attempts).isBetween(8, 14);
        assertThat(journal.status().unacknowledged()).isEqualTo(3);
        assertThat(shipper.connected()).isFalse();
        away = false;
        clock.advance(Shipper.BACKOFF_MAX);
        shipper.step();
        assertThat(sent()).containsExactly(ids(1, 3));
    }

    @Test
    void aPartitionThatEndsEarlierGetsItsRecordsAgain() {
        startThree();
        shipper.step();
        while (producer().completeNext()) {
            // All of them.
        }
        shipper.step();
        assertThat(journal.status().unacknowledged()).isZero();
        Arrays.fill(ends, 0); // A broker that came back empty.
        clock.advance(Shipper.ENDS_EVERY);
        shipper.step();
        assertThat(journal.status().unacknowledged()).isEqualTo(3);
        shipper.step();
        assertThat(producers).hasSize(2);
        assertThat(sent()).containsExactly(ids(1, 3));
    }

    @Test
    void acknowledgedRecordsAreForgottenAfterTheirTime() {
        startThree();
        shipper.step();
        while (producer().completeNext()) {
            // All of them.
        }
        clock.advance(Acknowledged.SAVE_EVERY);
        shipper.step();
        assertThat(store.rows(JournalStore.Table.RECORDS)).isEqualTo(3);
        for (int n = 1; n <= 3; n++) {
            journal.terminal(Facts.settled(n));
        }
        clock.advance(Acknowledged.KEEP);
        journal.started(Facts.started(4));
        shipper.step();
        while (producer().completeNext()) {
            // All of them.
        }
        shipper.step();
        assertThat(store.rows(JournalStore.Table.RECORDS)).isEqualTo(4);
    }

    @Test
    void aRestartSendsOnlyWhatWasNotAcknowledged() {
        startThree();
        shipper.step();
        producer().completeNext();
        clock.advance(Acknowledged.SAVE_EVERY);
        shipper.step();
        journal.close();
        assertThat(open().acknowledgedPosition()).isEqualTo(1);
    }
}
