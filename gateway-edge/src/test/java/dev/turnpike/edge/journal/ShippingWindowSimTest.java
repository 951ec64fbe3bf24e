package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that keeps order within a partition, and acknowledgements that do not. */
class ShippingWindowSimTest {
    private static final int STEPS = 5_000;

    private static long[] unknown() {
        var offsets = new long[Topics.PARTITIONS];
        Arrays.fill(offsets, -1);
        return offsets;
    }

    /** A record that left. */
    private record Sent(int session, long position, long offset) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 20_260_101})
    void onlyWhatTheBrokerHasWithoutGapCountsAsAcknowledged(long seed) {
        var random = new Random(seed);
        var window = new ShippingWindow(0, unknown());
        var broker = new ArrayList<List<Long>>();
        for (int i = 0; i < Topics.PARTITIONS; i++) {
            broker.add(new ArrayList<>());
        }
        var onTheWay = new ArrayList<Sent>();
        var partitionOf = new ArrayList<Integer>();
        long acknowledged = 0;
        long freed = 0;
        for (int step = 0; step < STEPS; step++) {
            int what = random.nextInt(100);
            if (what < 55 && window.hasRoom()) {
                long position = window.next();
                while (partitionOf.size() <= position) {
                    partitionOf.add(random.nextInt(Topics.PARTITIONS));
                }
                int partition = partitionOf.get((int) position);
                window.sent(position, partition, 10);
                broker.get(partition).add(position);
                long offset = broker.get(partition).size() - 1L;
                onTheWay.add(new Sent(window.session(), position, offset));
            } else if (what < 97 && !onTheWay.isEmpty()) {
                var one = onTheWay.get(random.nextInt(onTheWay.size()));
                window.arrived(one.session(), one.position(), one.offset());
                if (random.nextInt(3) > 0) {
                    onTheWay.remove(one); // Otherwise it comes again.
                }
            } else if (what == 99) {
                window.restart(); // What was under way may have arrived or not.
                assertThat(window.next()).isEqualTo(window.acknowledged() + 1);
            }
            assertThat(window.acknowledged())
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(acknowledged);
            acknowledged = window.acknowledged();
            freed += window.takeFreedBytes();
            assertThat(freed).as("seed %d", seed).isEqualTo(10 * acknowledged);
            assertThat(window.wentBack()).as("seed %d, step %d", seed, step).isFalse();
        }
        assertThat(acknowledged).isPositive();
        for (long position = 1; position <= acknowledged; position++) {
            assertThat(broker.get(partitionOf.get((int) position)))
                    .as("seed %d", seed)
                    .contains(position);
        }
        broker.forEach(log -> assertThat(firstTimes(log)).as("seed %d", seed).isSorted());
    }

    private static List<Long> firstTimes(List<Long> log) {
        return log.stream().distinct().toList();
    }

    @Test
    void anOffsetThatComesAgainShowsALoss() {
        var window = new ShippingWindow(0, unknown());
        window.sent(1, 3, 10);
        window.arrived(0, 1, 900);
        window.sent(2, 3, 10);
        window.arrived(0, 2, 850);
        assertThat(window.wentBack()).isTrue();
    }

    @Test
    void recordsLeaveInOrderOnly() {
        var window = new ShippingWindow(4, unknown());
        assertThatThrownBy(() -> window.sent(6, 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theWindowIsBounded() {
        var window = new ShippingWindow(0, unknown());
        while (window.hasRoom()) {
            window.sent(window.next(), 0, 1);
        }
        assertThat(window.next()).isEqualTo(ShippingWindow.RECORDS_MAX + 1L);
    }
}
