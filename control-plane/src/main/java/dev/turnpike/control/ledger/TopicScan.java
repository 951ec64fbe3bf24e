package dev.turnpike.control.ledger;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads several partitions of a topic as one sequence, oldest record first, up to given ends. What
 * it hands out of a partition is always a prefix of what is left of it, so {@link #next} is a place
 * to go on from without repeating or missing anything. Used by one thread, once.
 */
final class TopicScan {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final long deadlineNanos;
    private final Map<TopicPartition, Lane> lanes = new HashMap<>();

    /** One partition: what has been fetched and not been handed out. */
    private static final class Lane {
        private final TopicPartition partition;
        private final long end;
        private final ArrayDeque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
        private long next;

        Lane(TopicPartition partition, long from, long end) {
            this.partition = partition;
            this.next = from;
            this.end = end;
        }

        boolean done() {
            return next >= end && fetched.isEmpty();
        }
    }

    /**
     * @param from where to begin in each partition
     * @param ends where to stop: offsets that are not read any more
     * @param deadlineNanos when to give up, by {@link System#nanoTime}
     */
    TopicScan(
            Consumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> ends,
            long deadlineNanos) {
        this.consumer = consumer;
        this.deadlineNanos = deadlineNanos;
        consumer.assign(from.keySet());
        from.forEach((partition, offset) -> {
            consumer.seek(partition, offset);
            lanes.put(
                    partition,
                    new Lane(partition, offset, ends.getOrDefault(partition, Long.MAX_VALUE)));
        });
    }

    /** The oldest record that has not been taken; empty when there is none or time is up. */
    Optional<ConsumerRecord<byte[], byte[]>> peek() {
        if (!fetchHeads()) {
            return Optional.empty();
        }
        ConsumerRecord<byte[], byte[]> oldest = null;
        for (var lane : lanes.values()) {
            var head = lane.fetched.peekFirst();
            if (head != null && (oldest == null || before(head, oldest))) {
                oldest = head;
            }
        }
        return Optional.ofNullable(oldest);
    }

    /** Takes what {@link #peek} has shown. */
    void take(ConsumerRecord<byte[], byte[]> record) {
        var lane = lanes.get(new TopicPartition(record.topic(), record.partition()));
        var head = lane == null ? null : lane.fetched.pollFirst();
        if (lane == null || head == null || head.offset() != record.offset()) {
            throw new IllegalStateException("not the oldest record");
        }
        lane.next = record.offset() + 1;
        if (lane.fetched.isEmpty()) {
            lane.next = Math.max(lane.next, Math.min(lane.end, consumer.position(lane.partition)));
        }
    }

    /** Whether everything up to the ends has been taken. */
    boolean done() {
        return lanes.values().stream().allMatch(Lane::done);
    }

    /** Where a partition goes on; null when it is not read. */
    @Nullable Long next(TopicPartition partition) {
        var lane = lanes.get(partition);
        return lane == null ? null : lane.next;
    }

    /** Makes sure of a head in every lane that has one; false when time is up before. */
    private boolean fetchHeads() {
        for (var waiting = waiting(); !waiting.isEmpty(); waiting = waiting()) {
            if (System.nanoTime() - deadlineNanos >= 0) {
                return false;
            }
            var others = new ArrayList<>(lanes.keySet());
            others.removeAll(waiting);
            consumer.pause(others); // What is fetched of them already is enough.
            consumer.resume(waiting);
            for (var record : consumer.poll(POLL)) {
                var lane = lanes.get(new TopicPartition(record.topic(), record.partition()));
                if (lane != null && record.offset() < lane.end) {
                    lane.fetched.addLast(record);
                }
            }
            for (var partition : waiting) {
                var lane = lanes.get(partition);
                if (lane != null && lane.fetched.isEmpty()) {
                    // Ends of transactions take offsets and are no records.
                    long position = consumer.position(partition);
                    lane.next = Math.max(lane.next, Math.min(lane.end, position));
                }
            }
        }
        return true;
    }

    private List<TopicPartition> waiting() {
        return lanes.values().stream()
                .filter(lane -> lane.fetched.isEmpty() && lane.next < lane.end)
                .map(lane -> lane.partition)
                .toList();
    }

    /** By the time of writing; of equal ones in any order that is always the same. */
    private static boolean before(
            ConsumerRecord<byte[], byte[]> one, ConsumerRecord<byte[], byte[]> other) {
        return one.timestamp() != other.timestamp()
                ? one.timestamp() < other.timestamp()
                : one.partition() < other.partition();
    }
}
