package dev.turnpike.control.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random logs, read page by page while they grow. */
class TopicScanSimTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 4;
    private static final long PATIENCE = Duration.ofSeconds(20).toNanos();

    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> log = new HashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 20_261_121})
    void pagesTogetherHoldEveryRecordOnceAndEachIsInTheOrderOfTime(long seed) {
        var random = new Random(seed);
        var next = new HashMap<TopicPartition, Long>();
        for (int p = 0; p < PARTITIONS; p++) {
            log.put(new TopicPartition(TOPIC, p), new ArrayList<>());
            ends.put(new TopicPartition(TOPIC, p), 0L);
            next.put(new TopicPartition(TOPIC, p), 0L);
        }
        var seen = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        long time = 1_000;
        for (int round = 0; round < 60; round++) {
            time = grow(random, time);
            var page = page(next, 1 + random.nextInt(30), seed);
            seen.addAll(page);
        }
        for (var more = page(next, 50, seed); !more.isEmpty(); more = page(next, 50, seed)) {
            seen.addAll(more);
        }
        int written = log.values().stream().mapToInt(List::size).sum();
        assertThat(seen).as("seed %d", seed).hasSize(written).doesNotHaveDuplicates();
        assertThat(next).as("seed %d", seed).isEqualTo(ends);
    }

    /** Appends some records, with ends of transactions between them that are no records. */
    private long grow(Random random, long time) {
        long now = time;
        for (int i = random.nextInt(25); i > 0; i--) {
            now += random.nextInt(3);
            var partition = new TopicPartition(TOPIC, random.nextInt(PARTITIONS));
            long offset = ends.getOrDefault(partition, 0L) + random.nextInt(3);
            log.computeIfAbsent(partition, unseen -> new ArrayList<>())
                    .add(
                            new ConsumerRecord<>(
                                    TOPIC,
                                    partition.partition(),
                                    offset,
                                    now,
                                    TimestampType.CREATE_TIME,
                                    0,
                                    0,
                                    new byte[0],
                                    new byte[0],
                                    new RecordHeaders(),
                                    Optional.empty()));
            ends.put(partition, offset + 1);
        }
        return now;
    }

    private List<ConsumerRecord<byte[], byte[]>> page(
            Map<TopicPartition, Long> next, int limit, long seed) {
        var page = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new MockConsumer<byte[], byte[]>("earliest")) {
            var scan = new TopicScan(consumer, next, ends, System.nanoTime() + PATIENCE);
            fill(consumer, next);
            for (var one = scan.peek(); one.isPresent(); one = scan.peek()) {
                if (page.size() == limit) {
                    break;
                }
                page.add(one.get());
                scan.take(one.get());
            }
            boolean rest = scan.peek().isPresent();
            assertThat(scan.done()).as("seed %d", seed).isEqualTo(!rest);
            next.replaceAll((partition, old) -> {
                var now = scan.next(partition);
                return now == null ? old : now;
            });
        }
        assertThat(page)
                .as("seed %d", seed)
                .isSortedAccordingTo((a, b) -> Long.compare(a.timestamp(), b.timestamp()));
        return page;
    }

    private void fill(MockConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> from) {
        consumer.updateBeginningOffsets(zero());
        log.forEach((partition, records) -> {
            long start = from.getOrDefault(partition, 0L);
            records.stream().filter(r -> r.offset() >= start).forEach(consumer::addRecord);
        });
        consumer.updateEndOffsets(ends);
    }

    private static Map<TopicPartition, Long> zero() {
        var zero = new HashMap<TopicPartition, Long>();
        for (int p = 0; p < PARTITIONS; p++) {
            zero.put(new TopicPartition(TOPIC, p), 0L);
        }
        return zero;
    }
}
