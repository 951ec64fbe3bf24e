package dev.turnpike.webhook.topology;

import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.deadletter.DeadLetter;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.ValueMapper;
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
     * The topology.
     *
     * @param batchWait how long the first event of a batch waits for others
     * @param deliveryIds makes the ids of deliveries
     */
    public static Topology of(
            SchemaIds schemas, Duration batchWait, IdSource deliveryIds, Delivering delivering) {
        var builder = new StreamsBuilder();
        builder.addStateStore(store(BatchProcessor.STORE));
        builder.addStateStore(store(DeliverProcessor.STORE));
        var ledger = RecordCodec.of(Subject.LEDGER, LedgerEntry.class, schemas);
        var routed =
                builder.stream(
                                Topics.LEDGER.name(),
                                Consumed.with(Serdes.String(), Serdes.ByteArray())
                                        .withName("ledger"))
                        .process(
                                () -> new RouteProcessor(delivering.directory(), ledger),
                                Named.as("route"));
        unreadable(routed, schemas);
        repartition(events(routed), "webhook-events")
                .process(
                        () -> new BatchProcessor(batchWait, deliveryIds),
                        Named.as("batch"),
                        BatchProcessor.STORE)
                .repartition(repartitioned("webhook-deliveries"))
                .process(
                        () -> new DeliverProcessor(delivering),
                        Named.as("deliver"),
                        DeliverProcessor.STORE)
                .mapValues(attempts(schemas), Named.as("encode-attempt"))
                .to(Topics.WEBHOOK_ATTEMPTS.name(), produced("attempts"));
        return builder.build();
    }

    private static ValueMapper<DeliveryAttempt, byte[]> attempts(SchemaIds schemas) {
        var codec = RecordCodec.of(Subject.WEBHOOK_ATTEMPTS, DeliveryAttempt.class, schemas);
        return codec::encode;
    }

    private static void unreadable(KStream<String, Routed> routed, SchemaIds schemas) {
        var codec = RecordCodec.of(Subject.DEAD_LETTERS, DeadLetter.class, schemas);
        routed.flatMapValues(
                        value ->
                                switch (value) {
                                    case Routed.Unreadable(var letter) ->
                                            List.of(codec.encode(letter));
                                    case Routed.Event _ -> List.<byte[]>of();
                                },
                        Named.as("encode-dead-letter"))
                .to(Topics.DEAD_LETTERS.name(), produced("dead-letters"));
    }

    private static KStream<String, byte[]> events(KStream<String, Routed> routed) {
        return routed.flatMapValues(
                value ->
                        switch (value) {
                            case Routed.Event(var form) -> List.of(form);
                            case Routed.Unreadable _ -> List.<byte[]>of();
                        },
                Named.as("take-events"));
    }

    private static KStream<String, byte[]> repartition(
            KStream<String, byte[]> stream, String name) {
        return stream.repartition(repartitioned(name));
    }

    private static Repartitioned<String, byte[]> repartitioned(String name) {
        return Repartitioned.<String, byte[]>as(name)
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.ByteArray())
                .withNumberOfPartitions(Topics.PARTITIONS);
    }

    private static Produced<String, byte[]> produced(String name) {
        return Produced.with(Serdes.String(), Serdes.ByteArray()).withName(name);
    }

    /** Changelogs are compacted only: an outbox must not forget by age. */
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of("cleanup.policy", "compact"));
    }
}
