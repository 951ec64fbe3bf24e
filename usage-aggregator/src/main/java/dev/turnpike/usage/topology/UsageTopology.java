package dev.turnpike.usage.topology;

import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.usage.domain.KeyOwners;
import dev.turnpike.usage.domain.KeyUses;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * {@code requests -> ledger, totals, uses of keys, dead letters}, and {@code control events ->
 * ledger} for adjustments. One task per partition; its stores, its position and everything it
 * writes commit together.
 */
public final class UsageTopology {
    /** How often changed totals are published: each at most once in this time. */
    public static final Duration TOTALS_INTERVAL = Duration.ofMillis(10);

    /** How often what has waited or had its time is published or put away. */
    public static final Duration PUT_AWAY_INTERVAL = Duration.ofSeconds(1);

    static final String REQUESTS_STORE = "requests";
    static final String MARKS_STORE = "marks";
    static final String TOTALS_STORE = "totals";
    static final String KEY_USES_STORE = "key-uses";
    static final String LEDGER = "ledger";
    static final String TOTALS = "totals-topic";
    static final String KEYS_USED = "keys-used";
    static final String DEAD_LETTERS = "dead-letters";

    static final String ADJUSTMENTS_STORE = "adjustments";
    static final String ADJUSTMENTS_LEDGER = "adjustments-ledger";
    static final String ADJUSTMENTS_DEAD_LETTERS = "adjustments-dead-letters";

    private static final List<String> STORES =
            List.of(REQUESTS_STORE, MARKS_STORE, TOTALS_STORE, KEY_USES_STORE);
    private static final String FACTS = "control-events-topic";
    private static final String ADJUSTER = "adjuster";
    private static final String SOURCE = "requests-topic";
    private static final String ACCOUNTANT = "accountant";

    private final UsageCodecs codecs;
    private final Supplier<PriceBook> prices;
    private final KeyOwners owners;
    private final UsageMeters meters;
    private final DeadLetters deadLetters;
    private final Duration requestRetention;

    /**
     * @param prices asked for each record, on the thread of its task; cheap
     * @param owners asked for each use that is published, likewise
     * @param requestRetention how long request ids are remembered
     */
    public UsageTopology(
            UsageCodecs codecs,
            Supplier<PriceBook> prices,
            KeyOwners owners,
            UsageMeters meters,
            DeadLetters deadLetters,
            Duration requestRetention) {
        this.codecs = codecs;
        this.prices = prices;
        this.owners = owners;
        this.meters = meters;
        this.deadLetters = deadLetters;
        this.requestRetention = requestRetention;
    }

    /** Adds the aggregator to {@code topology}. */
    public void addTo(Topology topology) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                SOURCE,
                // A record with a nonsensical time is still a record.
                (record, partitionTime) -> Math.max(0, record.timestamp()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                Topics.REQUESTS.name());
        topology.addProcessor(ACCOUNTANT, TaskProcessor::new, SOURCE);
        for (var store : STORES) {
            topology.addStateStore(store(store), ACCOUNTANT);
        }
        addSink(topology, LEDGER, Topics.LEDGER.name(), ACCOUNTANT);
        addSink(topology, TOTALS, Topics.USAGE_TOTALS.name(), ACCOUNTANT);
        addSink(topology, KEYS_USED, Topics.KEYS_USED.name(), ACCOUNTANT);
        addSink(topology, DEAD_LETTERS, Topics.DEAD_LETTERS.name(), ACCOUNTANT);
        addAdjustments(topology);
    }

    /** A part of its own, with a task of its own: the control log has one partition. */
    private void addAdjustments(Topology topology) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                FACTS,
                (record, partitionTime) -> Math.max(0, record.timestamp()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                Topics.CONTROL_EVENTS.name());
        topology.addProcessor(
                ADJUSTER, () -> new AdjustmentTask(codecs, meters, deadLetters), FACTS);
        topology.addStateStore(store(ADJUSTMENTS_STORE), ADJUSTER);
        addSink(topology, ADJUSTMENTS_LEDGER, Topics.LEDGER.name(), ADJUSTER);
        addSink(topology, ADJUSTMENTS_DEAD_LETTERS, Topics.DEAD_LETTERS.name(), ADJUSTER);
    }

    private static void addSink(Topology topology, String name, String topic, String parent) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), parent);
    }

    /** Cached, so that what changes often within a commit is written to the changelog once. */
    private static StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
                .withCachingEnabled();
    }

    /** What Streams drives; the work begins once the stores are there. */
    private final class TaskProcessor implements Processor<byte[], byte[], byte[], byte[]> {
        private @Nullable PartitionTask task;

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            KeyValueStore<String, byte[]> requests = context.getStateStore(REQUESTS_STORE);
            KeyValueStore<String, byte[]> marks = context.getStateStore(MARKS_STORE);
            var totals = new TotalsStore(context.getStateStore(TOTALS_STORE), codecs.totals());
            var state = new StoredState(requests, marks, totals);
            KeyValueStore<String, byte[]> uses = context.getStateStore(KEY_USES_STORE);
            var work =
                    new PartitionTask(
                            context,
                            state,
                            new KeyUses(new StoredKeyUses(uses), owners),
                            codecs,
                            prices,
                            meters,
                            deadLetters,
                            requestRetention);
            context.schedule(
                    TOTALS_INTERVAL, PunctuationType.WALL_CLOCK_TIME, _ -> work.publishTotals());
            context.schedule(
                    PUT_AWAY_INTERVAL,
                    PunctuationType.WALL_CLOCK_TIME,
                    _ -> {
                        work.publishUses();
                        work.putAway();
                    });
            task = work;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            Objects.requireNonNull(task).process(record);
        }
    }
}
