package dev.turnpike.webhook.topology;

import dev.turnpike.runtime.kafka.RecordSerde;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.WebhookReplay;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Ledger in, attempts out, in three stages that meet in topics: route (by root group), batch and
 * deliver (both by webhook); replay, beside them, makes deliveries on order. Batching and
 * delivering are apart so that a delivery is committed before anybody can send it; see {@link
 * DeliverProcessor}.
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
            SchemaIds schemas,
            Duration batchWait,
            IdSource deliveryIds,
            Delivering delivering,
            Replaying replaying) {
        var ledger = new RecordSerde<>(RecordCodec.of(Subject.LEDGER, LedgerEntry.class, schemas));
        var attempts =
                new RecordSerde<>(
                        RecordCodec.of(Subject.WEBHOOK_ATTEMPTS, DeliveryAttempt.class, schemas));
        var builder = new StreamsBuilder();
        builder.addStateStore(store(BatchProcessor.STORE));
        builder.addStateStore(store(DeliverProcessor.STORE));
        builder.addStateStore(orders());
        var replayed =
                replayed(
                        builder,
                        schemas,
                        attempts,
                        () -> new ReplayProcessor(replaying, deliveryIds));
        builder.stream(
                        Topics.LEDGER.name(),
                        Consumed.with(Serdes.String(), ledger).withName("ledger"))
                .process(
                        () -> new RouteProcessor(delivering.directory(), replaying.customerField()),
                        Named.as("route"))
                .repartition(byWebhook("webhook-events"))
                .process(
                        () -> new BatchProcessor(batchWait, deliveryIds),
                        Named.as("batch"),
                        BatchProcessor.STORE)
                .repartition(byWebhook("webhook-deliveries"))
                .merge(replayed)
                .process(
                        () -> new DeliverProcessor(delivering),
                        Named.as("deliver"),
                        DeliverProcessor.STORE)
                .to(
                        Topics.WEBHOOK_ATTEMPTS.name(),
                        Produced.with(Serdes.String(), attempts).withName("attempts"));
        return builder.build();
    }

    /** Deliveries made on order. What became of them comes back, so that they are paced by it. */
    private static KStream<String, byte[]> replayed(
            StreamsBuilder builder,
            SchemaIds schemas,
            Serde<DeliveryAttempt> attempts,
            ProcessorSupplier<String, ReplayInput, String, byte[]> replays) {
        var orders =
                new RecordSerde<>(
                        RecordCodec.of(Subject.WEBHOOK_REPLAYS, WebhookReplay.class, schemas));
        KStream<String, ReplayInput> ordered =
                builder.stream(
                                Topics.WEBHOOK_REPLAYS.name(),
                                Consumed.with(Serdes.String(), orders).withName("orders"))
                        .mapValues(ReplayInput.Ordered::new);
        KStream<String, ReplayInput> recorded =
                builder.stream(
                                Topics.WEBHOOK_ATTEMPTS.name(),
                                Consumed.with(Serdes.String(), attempts).withName("records"))
                        .mapValues(ReplayInput.Recorded::new);
        return ordered.merge(recorded)
                .process(replays, Named.as("replay"), ReplayProcessor.STORE)
                .repartition(byWebhook("webhook-replayed"));
    }

    private static Repartitioned<String, byte[]> byWebhook(String name) {
        return Repartitioned.<String, byte[]>as(name)
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.ByteArray())
                .withNumberOfPartitions(Topics.PARTITIONS);
    }

    /** Orders are few and all of them are at work, so they need no disk. */
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> orders() {
        return Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(ReplayProcessor.STORE),
                        Serdes.Bytes(),
                        Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of("cleanup.policy", "compact"));
    }

    /** Changelogs are compacted only: an outbox must not forget by age. */
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of("cleanup.policy", "compact"));
    }
}
