package dev.turnpike.runtime.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Who a Streams application is and how it runs.
 *
 * @param applicationId same for all instances; names its group and internal topics
 * @param instanceId stable name of this instance, so that a restart does not rebalance
 * @param stateDirectory its own; nobody else writes there
 * @param exactlyOnce whether reads, state and results are one transaction
 * @param threads stream threads, 1 or more
 */
public record StreamsPlan(
        String applicationId,
        String instanceId,
        Path stateDirectory,
        boolean exactlyOnce,
        int threads) {
    /** Time between commits of an exactly-once application; what its readers wait for. */
    public static final Duration COMMIT_INTERVAL = Duration.ofMillis(10);

    /** Time between commits of any other application. */
    public static final Duration RELAXED_COMMIT_INTERVAL = Duration.ofSeconds(1);

    /** How long one poll of an exactly-once application waits; a commit is late by up to this. */
    public static final Duration POLL = Duration.ofMillis(5);

    /** As {@link #POLL} of any other application: records end a poll, only idleness is longer. */
    public static final Duration RELAXED_POLL = Duration.ofMillis(100);

    /** Memory for all record caches of the application, in bytes. */
    public static final long CACHE_BYTES_MAX = 16L << 20;

    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
    static final Duration HEARTBEAT = Duration.ofSeconds(3);

    /** Everything Kafka Streams needs to know; a service may change what its topology needs. */
    public Properties properties(KafkaClients clients, DeadLetters deadLetters) {
        var properties = new Properties();
        properties.putAll(clients.common(applicationId + "-" + instanceId));
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        properties.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                exactlyOnce ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                (exactlyOnce ? COMMIT_INTERVAL : RELAXED_COMMIT_INTERVAL).toMillis());
        properties.put(
                StreamsConfig.POLL_MS_CONFIG, (exactlyOnce ? POLL : RELAXED_POLL).toMillis());
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES_MAX);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedStores.class);
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
        handlers(properties, deadLetters);
        consumer(properties);
        producer(properties);
        return properties;
    }

    private static void handlers(Properties properties, DeadLetters deadLetters) {
        properties.put(DeadLetterHandler.DEAD_LETTERS, deadLetters);
        properties.put(
                StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.OfDeserialization.class);
        properties.put(
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.OfProcessing.class);
        properties.put(
                StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.OfProduction.class);
    }

    private void consumer(Properties properties) {
        put(properties, ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        put(properties, ConsumerConfig.FETCH_MAX_BYTES_CONFIG, KafkaClients.FETCH_BYTES_MAX);
        put(properties, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, KafkaClients.POLL_RECORDS_MAX);
        var main = StreamsConfig.MAIN_CONSUMER_PREFIX;
        properties.put(main + ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
        properties.put(
                main + ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                KafkaClients.millis(SESSION_TIMEOUT));
        properties.put(
                main + ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, KafkaClients.millis(HEARTBEAT));
    }

    private static void put(Properties properties, String key, Object value) {
        properties.put(StreamsConfig.consumerPrefix(key), value);
    }

    private static void producer(Properties properties) {
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0L);
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
                KafkaClients.PRODUCER_BUFFER_BYTES);
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                KafkaClients.RECORD_BYTES_MAX);
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG),
                KafkaClients.millis(KafkaClients.DELIVERY_TIMEOUT));
    }
}
