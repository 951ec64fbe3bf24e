package dev.turnpike.webhook.topology;

import dev.turnpike.runtime.kafka.RecordSerde;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Ledger in, attempts out, in three stages that meet in topics: route (by root group), batch and
 * deliver (both by webhook). Batching and delivering are apart so that a delivery is committed
 * before anybody can send it; see {@link DeliverProcessor}.
 */
public final class WebhookTopology {
    private WebhookTopology() {}

    /**
     * The topology, without the global store that the directory may need.
     *
     * @param batchWait how long the first event of a batch waits for others
     * @param deliveryIds makes the ids of deliveries
     */
    public static Topology of(
            SchemaIds schemas, Duration batchWait, IdSource deliveryIds, Delivering delivering) {
        var ledger = new RecordSerde<>(RecordCodec.of(Subject.LEDGER, LedgerEntry.class, schemas));
        var attempts =
                new RecordSerde<>(
                        RecordCodec.of(Subject.WEBHOOK_ATTEMPTS, DeliveryAttempt.class, schemas));
        var builder = new StreamsBuilder();
        builder.addStateStore(store(BatchProcessor.STORE));
        builder.addStateStore(store(DeliverProcessor.STORE));
        builder.stream(
                        Topics.LEDGER.name(),
                        Consumed.with(Serdes.String(), ledger).withName("ledger"))
                .process(() -> new RouteProcessor(delivering.directory()), Named.as("route"))
                .repartition(byWebhook("webhook-events"))
                .process(
                        () -> new BatchProcessor(batchWait, deliveryIds),
                        Named.as("batch"),
                        BatchProcessor.STORE)
                .repartition(byWebhook("webhook-deliveries"))
                .process(
                        () -> new DeliverProcessor(delivering),
                        Named.as("deliver"),
                        DeliverProcessor.STORE)
                .to(
                        Topics.WEBHOOK_ATTEMPTS.name(),
                        Produced.with(Serdes.String(), attempts).withName("attempts"));
        return builder.build();
    }

    private static Repartitioned<String, byte[]> byWebhook(String name) {
        return Repartitioned.<String, byte[]>as(name)
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.ByteArray())
                .withNumberOfPartitions(Topics.PARTITIONS);
    }

    /** Changelogs are compacted only: an outbox must not forget by age. */
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of("cleanup.policy", "compact"));
    }
}
