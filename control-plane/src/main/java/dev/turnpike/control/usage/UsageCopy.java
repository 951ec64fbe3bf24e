package dev.turnpike.control.usage;

import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.StreamsApp;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.usage.KeyUse;
import dev.turnpike.schemas.usage.UsageTotal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.jspecify.annotations.Nullable;

/**
 * A local copy in RocksDB of what the aggregator says: {@code turnpike.usage.totals} and {@code
 * turnpike.keys.used}, kept by global stores of one Kafka Streams application. Its size follows the
 * counters that are alive and the keys that were used: the aggregator removes the rest. It is
 * behind the edges by the time that shipping and adding up take. Started and closed by one thread;
 * reads are safe for any number.
 */
public final class UsageCopy implements AutoCloseable {
    /** How far the clock of an edge may be behind ours; a key can be used as soon as it is made. */
    static final Duration CLOCK_SKEW_MAX = Duration.ofMinutes(5);

    private static final Duration START_PATIENCE = Duration.ofSeconds(20);

    private final CopiedTopic<UsageTotal> totals;
    private final CopiedTopic<KeyUse> uses;
    private final StreamsApp app;
    private volatile boolean complete;
    private @Nullable Thread starting;

    /**
     * @param instance stable name of this replica
     * @param directory of the local copy; nobody else writes there
     */
    public UsageCopy(
            KafkaClients clients,
            SchemaIds schemas,
            String instance,
            Path directory,
            InstantSource clock) {
        totals = new CopiedTopic<>("usage-totals", Subject.USAGE_TOTALS, UsageTotal.class, schemas);
        uses = new CopiedTopic<>("key-uses", Subject.KEYS_USED, KeyUse.class, schemas);
        var plan =
                new StreamsPlan(
                        "turnpike-control-totals-" + instance, instance, directory, false, 1);
        var letters = new DeadLetters("control-plane", schemas, clock);
        app = new StreamsApp(plan, plan.properties(clients, letters), this::topology, clock);
    }

    /** Begins to follow and returns; until the copy is complete nothing can be told of it. */
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
        totals.addTo(topology);
        uses.addTo(topology);
        return topology;
    }

    /** What counters hold. */
    public Totals totals() {
        return counter -> {
            try {
                return found(totals, counter);
            } catch (InvalidStateStoreException e) {
                throw Problem.of(ErrorCode.UNAVAILABLE, "The totals cannot be read now")
                        .asException(e);
            }
        };
    }

    /** When keys were last used. */
    public KeyUses keyUses() {
        return key -> {
            try {
                return lastUse(key, found(uses, key.prefix().value()));
            } catch (InvalidStateStoreException e) {
                return new LastUse.Unknown();
            }
        };
    }

    /** What a use says of a key, which may have been made after another of the same prefix. */
    static LastUse lastUse(ApiKey key, Optional<KeyUse> found) {
        return found.filter(use -> use.groupId().equals(key.groupId()))
                .map(KeyUse::lastUsedAt)
                .filter(at -> !at.isBefore(key.createdAt().minus(CLOCK_SKEW_MAX)))
                .<LastUse>map(LastUse.At::new)
                .orElseGet(LastUse.Never::new);
    }

    private <T extends Record> Optional<T> found(CopiedTopic<T> topic, String key) {
        if (!complete) {
            throw new InvalidStateStoreException("the copy is still being made");
        }
        try {
            return topic.find(key);
        } catch (ProcessorStateException e) {
            app.foundCorrupt(e);
            throw new InvalidStateStoreException("the copy is corrupt", e);
        }
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
}
