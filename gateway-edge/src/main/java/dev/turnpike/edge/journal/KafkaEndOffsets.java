package dev.turnpike.edge.journal;

import dev.turnpike.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Asks through a consumer that reads nothing. For one thread; closes the consumer. */
public final class KafkaEndOffsets implements EndOffsets {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final List<TopicPartition> PARTITIONS =
            IntStream.range(0, Topics.PARTITIONS)
                    .mapToObj(i -> new TopicPartition(Topics.REQUESTS.name(), i))
                    .toList();

    private final Consumer<byte[], byte[]> consumer;

    public KafkaEndOffsets(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    @Override
    public long[] ask() {
        var ends = consumer.endOffsets(PARTITIONS, PATIENCE);
        return PARTITIONS.stream().mapToLong(p -> ends.getOrDefault(p, Long.MAX_VALUE)).toArray();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
