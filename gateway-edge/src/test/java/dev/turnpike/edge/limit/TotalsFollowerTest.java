package dev.turnpike.edge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.limit.AdmissionResult.Refused;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.UsageTotal;
import dev.turnpike.testkit.ManualClock;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TotalsFollowerTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final RecordCodec<UsageTotal> CODEC =
            RecordCodec.of(Subject.USAGE_TOTALS, UsageTotal.class);

    private final ManualClock clock = new ManualClock(NOON);
    private final FastAdmission admission = new FastAdmission("me/1", clock);
    private final MockConsumer<byte[], byte[]> consumer = consumer();
    private final TotalsFollower follower =
            new TotalsFollower(admission, () -> consumer, CODEC, clock);

    private static TopicPartition partition(int i) {
        return new TopicPartition(Topics.USAGE_TOTALS.name(), i);
    }

    private static MockConsumer<byte[], byte[]> consumer() {
        var consumer = new MockConsumer<byte[], byte[]>("earliest");
        consumer.updateBeginningOffsets(offsets(0));
        consumer.updateEndOffsets(offsets(0));
        return consumer;
    }

    private static Map<TopicPartition, Long> offsets(long value) {
        return IntStream.range(0, Topics.PARTITIONS)
                .mapToObj(TotalsFollowerTest::partition)
                .collect(Collectors.toMap(Function.identity(), p -> value));
    }

    private static byte[] total(long window, long used, Map<String, Long> contributions) {
        return CODEC.encode(
                new UsageTotal(
                        Trees.group(1),
                        "acme/chat",
                        LimitType.REQUEST,
                        LimitUnit.DAY,
                        window,
                        used,
                        0,
                        contributions));
    }

    private void arrives(int partition, long offset, byte[] value) {
        consumer.addRecord(
                new ConsumerRecord<>(
                        Topics.USAGE_TOTALS.name(), partition, offset, new byte[0], value));
    }

    @Test
    void isReadyOnceItHasReadWhatWasThereAtTheStart() {
        consumer.updateEndOffsets(Map.of(partition(4), 1L));
        follower.step();
        assertThat(follower.caughtUp()).isFalse();
        arrives(4, 0, total(LimitUnit.DAY.window(NOON), 3, Map.of("you/1", 3L)));
        follower.step();
        follower.step();
        assertThat(follower.caughtUp()).isTrue();
    }

    @Test
    void whatOthersUsedCountsAndOwnPartsDoNot() {
        follower.step();
        arrives(2, 0, total(LimitUnit.DAY.window(NOON), 9, Map.of("you/1", 4L, "me/1", 5L)));
        follower.step();
        var group = Trees.leaf(Trees.limit(LimitType.REQUEST, LimitUnit.DAY, 5));
        var first =
                admission.admit(
                        new AdmissionRequest(NOON, AppliedLimits.of(group, "acme/chat"), 0, 0));
        var second =
                admission.admit(
                        new AdmissionRequest(NOON, AppliedLimits.of(group, "acme/chat"), 0, 0));
        assertThat(first).isInstanceOf(AdmissionResult.Admitted.class);
        assertThat(second).isInstanceOf(Refused.class);
    }

    @Test
    void windowsOfThePastAndUnreadableRecordsTakeNoPlace() {
        follower.step();
        arrives(2, 0, total(LimitUnit.DAY.window(NOON) - 3, 9, Map.of()));
        arrives(2, 1, new byte[] {1, 2, 3});
        follower.step();
        assertThat(admission.liveCounters()).isZero();
    }

    @Test
    void aFailedConsumerIsReplacedAndWhatIsKnownStays() {
        follower.step();
        arrives(2, 0, total(LimitUnit.DAY.window(NOON), 4, Map.of("you/1", 4L)));
        follower.step();
        consumer.setPollException(new KafkaException("gone"));
        follower.step();
        assertThat(consumer.closed()).isTrue();
        assertThat(admission.liveCounters()).isEqualTo(1);
    }
}
