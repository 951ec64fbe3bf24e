package dev.turnpike.runtime.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes Kafka clients whose durability, waits and buffers are set here and nowhere else. Whoever
 * asks for a client closes it. Thread-safe.
 */
public final class KafkaClients {
    /** Memory one producer may hold for records on their way, in bytes. */
    public static final long PRODUCER_BUFFER_BYTES = 32L << 20;

    /** Largest record, in bytes. */
    public static final int RECORD_BYTES_MAX = 4 << 20;

    /** How long a send may block for metadata or buffer space. */
    public static final Duration SEND_BLOCK_MAX = Duration.ofSeconds(10);

    /** When a sent record counts as lost; its sender then sends it again. */
    public static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(30);

    /**
     * When an open transaction is aborted by the broker. Large deletions take seconds, and more on
     * a busy machine; what a dead writer left open is aborted by whoever takes its place.
     */
    public static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(60);

    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    static final Duration API_TIMEOUT = Duration.ofSeconds(30);
    static final Duration BATCHING_LINGER = Duration.ofMillis(20);
    static final Duration RECONNECT_BACKOFF_MAX = Duration.ofSeconds(1);
    static final Duration LOOKUP_WAIT = Duration.ofMillis(10);
    static final int BATCH_BYTES = 256 << 10;
    static final int FETCH_BYTES_MAX = 16 << 20;
    static final int POLL_RECORDS_MAX = 1_000;

    /** Where a consumer without a position begins. */
    public enum Start {
        /** At the oldest record. */
        EARLIEST,
        /** Nowhere: the caller seeks, and a lost position is an error. */
        EXPLICIT
    }

    private final KafkaSettings settings;

    public KafkaClients(KafkaSettings settings) {
        this.settings = settings;
    }

    /** The cluster the clients talk to. */
    public KafkaSettings settings() {
        return settings;
    }

    /** An idempotent producer that sends at once: for when somebody waits. */
    public Producer<byte[], byte[]> promptProducer(String name) {
        return producer(producerConfig(name, Duration.ZERO));
    }

    /** An idempotent producer that collects for {@code BATCHING_LINGER}: for streams of records. */
    public Producer<byte[], byte[]> batchingProducer(String name) {
        var config = producerConfig(name, BATCHING_LINGER);
        // Keeps its buffers. The client's lz4 makes 130 kB of new ones for each batch, and the
        // records of many customers are many small batches.
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "snappy");
        return producer(config);
    }

    /** A transactional producer that sends at once; the caller initialises its transactions. */
    public Producer<byte[], byte[]> transactionalProducer(String name, String transactionalId) {
        var config = producerConfig(name, Duration.ZERO);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, millis(TRANSACTION_TIMEOUT));
        return producer(config);
    }

    /** A read-committed consumer without a group; the caller assigns partitions. */
    public Consumer<byte[], byte[]> consumer(String name, Start start) {
        return consumer(consumerConfig(name, start));
    }

    /**
     * A read-committed consumer without a group for reading what is there by now: it begins at the
     * oldest record, and the broker does not hold its requests back to wait for more.
     */
    public Consumer<byte[], byte[]> lookupConsumer(String name) {
        var config = consumerConfig(name, Start.EARLIEST);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, millis(LOOKUP_WAIT));
        return consumer(config);
    }

    /**
     * A read-committed consumer of a group that never commits by itself.
     *
     * @param instanceId stable id of this member, so that a restart does not rebalance
     */
    public Consumer<byte[], byte[]> groupConsumer(
            String name, String groupId, String instanceId, Start start) {
        var config = consumerConfig(name, start);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
        return consumer(config);
    }

    /** The properties of {@link #groupConsumer} without instance id, to be completed. */
    public Map<String, Object> consumerConfig(String name, Start start) {
        var config = common(name);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                start == Start.EARLIEST ? "earliest" : "none");
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES_MAX);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS_MAX);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(API_TIMEOUT));
        return config;
    }

    /** An administration client. */
    public Admin admin(String name) {
        var config = common(name);
        config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(API_TIMEOUT));
        return Admin.create(config);
    }

    /** What every client has: the cluster, its security, and bounded waits. */
    Map<String, Object> common(String name) {
        var config = new HashMap<String, Object>(settings.properties());
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, name);
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis(REQUEST_TIMEOUT));
        config.put(
                CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                (long) millis(RECONNECT_BACKOFF_MAX));
        config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return config;
    }

    private Map<String, Object> producerConfig(String name, Duration linger) {
        var config = common(name);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, (long) millis(linger));
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, PRODUCER_BUFFER_BYTES);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RECORD_BYTES_MAX);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) millis(SEND_BLOCK_MAX));
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(DELIVERY_TIMEOUT));
        return config;
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
        return new KafkaConsumer<>(
                config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
