package dev.turnpike.control.deliveries;

import dev.turnpike.control.deliveries.KnownDelivery.Status;
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
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code turnpike.webhooks.attempts} tells about deliveries, for {@value #KEPT_DAYS} days, as
 * a local copy in RocksDB that a Kafka Streams global store keeps. It is behind the dispatcher by
 * the time a record takes. Started and closed by one thread; the rest is safe for any number.
 */
public final class DeliveryLog implements AutoCloseable {
    /** Days for which a delivery is known after its creation. */
    public static final long KEPT_DAYS = 30;

    private static final String STORE = "deliveries";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final Logger LOGGER = LoggerFactory.getLogger(DeliveryLog.class);

    private final RecordCodec<DeliveryAttempt> codec;
    private final StreamsApp app;
    private volatile @Nullable DeliveryStore store;
    private volatile boolean complete;
    private @Nullable Thread starting;

    /**
     * @param instanceId stable name of this replica
     * @param directory of the local copy; nobody else writes there
     */
    public DeliveryLog(
            KafkaClients clients,
            SchemaIds schemas,
            String instanceId,
            Path directory,
            InstantSource clock) {
        codec = RecordCodec.of(Subject.WEBHOOK_ATTEMPTS, DeliveryAttempt.class, schemas);
        var plan =
                new StreamsPlan(
                        "turnpike-control-deliveries-" + instanceId,
                        instanceId,
                        directory,
                        false,
                        1);
        var letters = new DeadLetters("control-plane", schemas, clock);
        app = new StreamsApp(plan, plan.properties(clients, letters), this::topology, clock);
    }

    /**
     * Deliveries of one page.
     *
     * @param next where the next page begins; empty when there is none
     */
    public record Page(List<KnownDelivery> items, Optional<DeliveryId> next) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /** Starts to follow and returns; reads are {@code unavailable} until the copy is complete. */
    public void start(FailureSink onFailure) {
        starting =
                Threads.platform(
                        "deliveries-start",
                        onFailure,
                        () -> {
                            app.start(onFailure);
                            complete = true;
                        });
    }

    /**
     * A delivery of a webhook.
     *
     * @throws ProblemException {@code unavailable} before the copy is complete
     */
    public Optional<KnownDelivery> find(WebhookId webhook, DeliveryId delivery) {
        return reading(opened -> opened.find(webhook, delivery));
    }

    /**
     * Deliveries of a webhook in creation order; a page may be short with more to come.
     *
     * @param after the last one of the page before, empty to begin
     * @throws ProblemException {@code unavailable} before the copy is complete
     */
    public Page page(
            WebhookId webhook, Optional<Status> status, Optional<DeliveryId> after, int limit) {
        return reading(opened -> opened.page(webhook, status, after, limit));
    }

    /** Receivers that have answered 410 at any time, each with its last version that did. */
    List<GoneReceiver> gone() {
        return complete ? reading(DeliveryStore::gone) : List.of();
    }

    @Override
    public void close() {
        var thread = starting;
        if (thread == null) {
            return;
        }
        try {
            thread.join(START_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        app.close();
    }

    private <T> T reading(Function<DeliveryStore, T> read) {
        var opened = store;
        if (opened == null || !complete) {
            throw unavailable().asException();
        }
        try {
            return read.apply(opened);
        } catch (InvalidStateStoreException e) {
            throw unavailable().asException(e);
        }
    }

    private static Problem unavailable() {
        return Problem.of(ErrorCode.UNAVAILABLE, "The record of deliveries is still being read");
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
                "attempts-source",
                Serdes.String().deserializer(),
                Serdes.ByteArray().deserializer(),
                Topics.WEBHOOK_ATTEMPTS.name(),
                "attempts-follower",
                Follower::new);
        return topology;
    }

    private void apply(DeliveryStore to, byte @Nullable [] value) {
        if (value == null) {
            return; // The topic has no deletions.
        }
        try {
            to.apply(codec.decode(value));
        } catch (UnreadableRecordException e) {
            LOGGER.atError().setCause(e).log("unreadable record of a webhook attempt");
        }
    }

    /** Streams makes one for what the copy missed and another for what comes later. */
    private final class Follower implements Processor<String, byte[], Void, Void> {
        @Override
        public void init(ProcessorContext<Void, Void> context) {
            KeyValueStore<String, byte[]> opened = context.getStateStore(STORE);
            store = new DeliveryStore(opened);
        }

        @Override
        public void process(Record<String, byte @Nullable []> record) {
            apply(Objects.requireNonNull(store), record.value());
        }
    }
}
