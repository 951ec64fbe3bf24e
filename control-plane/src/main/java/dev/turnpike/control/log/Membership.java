package dev.turnpike.control.log;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaClients.Start;
import dev.turnpike.schemas.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Whether this replica is the one that may own the log: the assignment of the only partition of
 * {@code turnpike.control.events} within a consumer group. It reads nothing. Not thread-safe.
 */
final class Membership implements AutoCloseable {
    /** A replica that is silent this long is replaced; brokers accept no less by default. */
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    private static final Duration HEARTBEAT = Duration.ofMillis(1_500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final String GROUP = "turnpike-control-owner";

    private final Consumer<byte[], byte[]> consumer;
    private boolean joined;
    private boolean assigned;

    private Membership(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /**
     * Joins.
     *
     * @param instanceId stable id of this replica: after a restart it takes its place again at once
     */
    static Membership join(KafkaClients clients, String instanceId) {
        var config = clients.consumerConfig("control-membership", Start.EARLIEST);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
        // Sticky and cooperative: the owner stays the owner when another replica joins.
        config.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName());
        config.put(
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                Math.toIntExact(SESSION_TIMEOUT.toMillis()));
        config.put(
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, Math.toIntExact(HEARTBEAT.toMillis()));
        var membership =
                new Membership(
                        new KafkaConsumer<>(
                                config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        membership.subscribe();
        return membership;
    }

    /**
     * Whether the partition is ours, as far as the group has told. To be asked often.
     *
     * @throws org.apache.kafka.common.errors.FencedInstanceIdException if another replica runs
     *     under the same instance id
     */
    boolean poll(Duration wait) {
        consumer.poll(wait);
        return assigned;
    }

    /** Whether the group has told at least once who has the partition. */
    boolean joined() {
        return joined;
    }

    /** Leaves the group, so that another replica takes over at once. */
    @Override
    public void close() {
        consumer.close(
                CloseOptions.timeout(CLOSE_TIMEOUT)
                        .withGroupMembershipOperation(
                                CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }

    private void subscribe() {
        consumer.subscribe(
                List.of(Topics.CONTROL_EVENTS.name()),
                new ConsumerRebalanceListener() {
                    @Override
                    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        consumer.pause(partitions);
                        joined = true;
                        assigned |= !partitions.isEmpty();
                    }

                    @Override
                    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                        assigned &= partitions.isEmpty();
                    }
                });
    }
}
