package dev.turnpike.control.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.LedgerEntry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LedgerLogTest {
    private static final TopicPartition PARTITION = new TopicPartition(Topics.LEDGER.name(), 3);
    private static final Position START = new Position(Collections.nCopies(Topics.PARTITIONS, 0L));
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int ENTRIES = LedgerLog.SCANNED_MAX + 500;

    private final byte[] entry =
            RecordCodec.of(Subject.LEDGER, LedgerEntry.class)
                    .encode(
                            LedgerEntry.of(
                                    new Adjustment(
                                            AdjustmentId.ofUlid("01KAK0000000000000000000A1"),
                                            GroupId.ofUlid("01KAK0000000000000000000A2"),
                                            GroupId.ofUlid("01KAK0000000000000000000A2"),
                                            "customer",
                                            new NanoUsd(1),
                                            "reason",
                                            null,
                                            null,
                                            new byte[0],
                                            Instant.EPOCH,
                                            List.of())));
    private final LedgerLog ledger =
            new LedgerLog(
                    new LogReaders(new KafkaClients(KafkaSettings.plain("127.0.0.1:1"))),
                    CompiledSchemas.INSTANCE,
                    InstantSource.fixed(Instant.EPOCH));

    @Test
    void aSearchThatFindsNothingEndsAtItsBoundWithMoreToCome() {
        var first = page(START, entry -> false, 10);
        assertThat(first.entries()).isEmpty();
        assertThat(first.more()).isTrue();
        assertThat(first.next().offsets().get(PARTITION.partition()))
                .isEqualTo(LedgerLog.SCANNED_MAX);
        var second = page(first.next(), entry -> false, 10);
        assertThat(second.more()).isFalse();
        assertThat(second.next().offsets().get(PARTITION.partition())).isEqualTo(ENTRIES);
    }

    @Test
    void aFullPageKnowsWhetherAnotherEntryFollows() {
        var almost = at(ENTRIES - 3L);
        assertThat(page(almost, entry -> true, 2).more()).isTrue();
        var last = page(almost, entry -> true, 3);
        assertThat(last.entries()).hasSize(3);
        assertThat(last.more()).isFalse();
    }

    @Test
    void aPositionIsReadFromItsTextAndFromNothingElse() {
        var position = at(1_234_567_890_123L);
        assertThat(Position.parse(position.text())).contains(position);
        for (var bad : List.of("", "1.2", "x", START.text() + ".0", "-1" + START.text())) {
            assertThat(Position.parse(bad)).as(bad).isEmpty();
        }
    }

    @Test
    void aCountIsExactUnlessTimeRanOut() {
        var exact = scanned(0, PATIENCE_NANOS, scan -> ledger.count(scan, entry -> true));
        assertThat(exact).isEqualTo(new LedgerLog.Count(ENTRIES, true));
        var none = scanned(0, PATIENCE_NANOS, scan -> ledger.count(scan, entry -> false));
        assertThat(none).isEqualTo(new LedgerLog.Count(0, true));
        var late = scanned(0, 0, scan -> ledger.count(scan, entry -> true));
        assertThat(late).isEqualTo(new LedgerLog.Count(0, false));
    }

    private LedgerLog.Page page(Position from, Predicate<LedgerEntry> wanted, int limit) {
        return scanned(
                from.offsets().get(PARTITION.partition()),
                PATIENCE_NANOS,
                scan -> ledger.page(scan, from, wanted, limit));
    }

    private <T> T scanned(long start, long patienceNanos, Function<TopicScan, T> use) {
        try (var consumer = new MockConsumer<byte[], byte[]>("earliest")) {
            var scan =
                    new TopicScan(
                            consumer,
                            Map.of(PARTITION, start),
                            Map.of(PARTITION, (long) ENTRIES),
                            System.nanoTime() + patienceNanos);
            consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
            for (long offset = start; offset < ENTRIES; offset++) {
                consumer.addRecord(
                        new ConsumerRecord<>(
                                PARTITION.topic(),
                                PARTITION.partition(),
                                offset,
                                new byte[0],
                                entry));
            }
            return use.apply(scan);
        }
    }

    private static Position at(long offset) {
        var offsets = new ArrayList<>(START.offsets());
        offsets.set(PARTITION.partition(), offset);
        return new Position(offsets);
    }
}
