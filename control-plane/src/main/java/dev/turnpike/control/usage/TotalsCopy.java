package dev.turnpike.control.usage;

import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.StreamsApp;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.UsageTotal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A local copy of {@code turnpike.usage.totals} in RocksDB, kept by a Kafka Streams global store.
 * Its size follows the counters that are alive: the aggregator removes the rest. It is behind the
 * edges by the time that shipping and adding up take. Started and closed by one thread; {@link
 * #find} is safe for any number.
 */
public final class TotalsCopy implements Totals, AutoCloseable {
    private static final String STORE = "usage-totals";
    private static final Duration START_PATIENCE = Duration.ofSeconds(20);
    private static final Logger LOGGER = LoggerFactory.getLogger(TotalsCopy.class);

    private final RecordCodec<UsageTotal> codec;
    private final StreamsApp app;
    private volatile @Nullable KeyValueStore<String, byte[]> store;
    private volatile boolean complete;
    private @Nullable Thread starting;

    /**
     * @param instance stable name of this replica
     * @param directory of the local copy; nobody else writes there
     */
    public TotalsCopy(
            KafkaClients clients,
            SchemaIds schemas,
            String instance,
            Path directory,
            InstantSource clock) {
        codec = RecordCodec.of(Subject.USAGE_TOTALS, UsageTotal.class, schemas);
        var plan =
                new StreamsPlan(
                        "turnpike-control-totals-" + instance, instance, directory, false, 1);
        var letters = new DeadLetters("control-plane", schemas, clock);
        app = new StreamsApp(plan, plan.properties(clients, letters), this::topology, clock);
    }

    /** Begins to follow and returns; reads are {@code unavailable} until the copy is complete. */
    public void start(FailureSink onFailure) {
        starting =
                Threads.platform(
                        "totals-start",
                        onFailure,
                        () -> {
                            app.start(onFailure);
                            complete = true;
                        });
    }

    private Topology topology() {
        var topology = new Topology();
        topology.addGlobalStore(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(STORE),
                                Serdes.String(),
                                Serdes.ByteArray())
                        .withLoggingDisabled()
                        .withCachingDisabled(),
                "totals-source",
                Serdes.String().deserializer(),
                Serdes.ByteArray().deserializer(),
                Topics.USAGE_TOTALS.name(),
                "totals-follower",
                Follower::new);
        return topology;
    }

    @Override
    public Optional<UsageTotal> find(String counter) {
        var opened = store;
        if (opened == null || !complete) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "The totals are still being read")
                    .asException();
        }
        try {
            return Optional.ofNullable(opened.get(counter)).map(codec::decode);
        } catch (ProcessorStateException e) {
            app.foundCorrupt(e);
            throw unavailable(e);
        } catch (InvalidStateStoreException e) {
            throw unavailable(e);
        } catch (UnreadableRecordException e) {
            LOGGER.atError().setCause(e).addKeyValue("counter", counter).log("unreadable total");
            return Optional.empty();
        }
    }

    private static ProblemException unavailable(RuntimeException cause) {
        return Problem.of(ErrorCode.UNAVAILABLE, "The totals cannot be read now")
                .asException(cause);
    }

    @Override
    public void close() {
        var thread = starting;
        if (thread == null) {
            return;
        }
        try {
            thread.join(START_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        app.close();
    }

    /** Writes the log into the copy. */
    private final class Follower implements Processor<String, byte[], Void, Void> {
        private @Nullable KeyValueStore<String, byte[]> opened;

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            KeyValueStore<String, byte[]> mine = context.getStateStore(STORE);
            opened = mine;
            store = mine;
        }

        @Override
        public void process(Record<String, byte @Nullable []> record) {
            Objects.requireNonNull(opened).put(record.key(), record.value());
        }
    }
}
