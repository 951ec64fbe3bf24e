package dev.turnpike.launcher;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.schemas.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** What a read-committed reader has seen of a topic, from its start. Used by one thread. */
final class CommittedTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);

    private final Consumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    CommittedTopic(KafkaClients clients, Topic topic) {
        consumer = clients.consumer("test-" + topic.name(), KafkaClients.Start.EARLIEST);
        var partitions = new ArrayList<TopicPartition>();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            partitions.add(new TopicPartition(topic.name(), partition));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All records committed until now; later calls return the same list, grown. */
    List<ConsumerRecord<byte[], byte[]>> read() {
        consumer.poll(POLL).forEach(records::add);
        return records;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
