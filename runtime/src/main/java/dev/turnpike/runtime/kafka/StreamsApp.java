package dev.turnpike.runtime.kafka;

import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.registry.RegistryUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one Kafka Streams application: starts it, replaces threads an outage killed, wipes local
 * state that cannot be read (all of it is restored from topics) and reports when nothing helps.
 * Started and closed by one thread.
 */
public final class StreamsApp implements AutoCloseable {
    /** Starts tried when local state is corrupt: as it is, then wiped. */
    static final int STARTS_MAX = 2;

    /** Threads replaced for unknown reasons within {@link #REPLACEMENT_WINDOW}. */
    static final int REPLACEMENTS_MAX = 5;

    static final Duration REPLACEMENT_WINDOW = Duration.ofMinutes(10);

    /** How long a close may take to commit and flush. */
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private static final String CORRUPT_MARKER = "corrupt";
    private static final Logger LOGGER = LoggerFactory.getLogger(StreamsApp.class);

    private final String name;
    private final Path stateDirectory;
    private final Properties properties;
    private final Supplier<Topology> topology;
    private final InstantSource clock;
    private volatile @Nullable StateRestoreListener restoreListener;
    private final ArrayDeque<Instant> replacements = new ArrayDeque<>();
    private volatile @Nullable KafkaStreams streams;
    private volatile FailureSink failures = (part, cause) -> {};

    /**
     * @param properties those of {@code plan}, possibly completed
     * @param topology builds the topology afresh for each start
     */
    public StreamsApp(
            StreamsPlan plan,
            Properties properties,
            Supplier<Topology> topology,
            InstantSource clock) {
        this.name = plan.applicationId();
        this.stateDirectory = plan.stateDirectory();
        this.properties = properties;
        this.topology = topology;
        this.clock = clock;
    }

    /** Has {@code listener} hear how every store is restored, from the next start on. */
    public void whenRestoring(StateRestoreListener listener) {
        restoreListener = listener;
    }

    /**
     * Starts and returns when global stores are restored; stream threads go on starting.
     *
     * @throws StreamsException if it cannot start, also after wiping corrupt state
     */
    public void start(FailureSink onFailure) {
        failures = onFailure;
        boolean wipe = Files.exists(marker());
        for (int start = 1; ; start++) {
            var attempt = newStreams();
            if (wipe) {
                LOGGER.atWarn()
                        .addKeyValue("application", name)
                        .log("local state is corrupt, wiping it to restore from topics");
                attempt.cleanUp();
                unmark();
            }
            try {
                attempt.start();
                streams = attempt;
                return;
            } catch (StreamsException e) {
                attempt.close(CLOSE_TIMEOUT);
                if (start == STARTS_MAX || !corrupt(e)) {
                    throw e;
                }
                wipe = true;
            }
        }
    }

    /**
     * The running application, for its stores and metrics.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public KafkaStreams streams() {
        var running = streams;
        if (running == null) {
            throw new IllegalStateException(name + " is not started");
        }
        return running;
    }

    /** Passes while all threads have their partitions and their state is restored. */
    public Check running() {
        return new Check(
                "streams", // Not its name: anybody may ask whether a listener is ready.
                () -> {
                    var state =
                            Optional.ofNullable(streams)
                                    .map(KafkaStreams::state)
                                    .orElse(KafkaStreams.State.CREATED);
                    return state == KafkaStreams.State.RUNNING
                            ? Check.Outcome.passed()
                            : Check.Outcome.failed(state.name());
                });
    }

    /**
     * Takes note that local state was found corrupt while running: the next start wipes it. The
     * application is reported as failed.
     */
    public void foundCorrupt(Throwable cause) {
        mark();
        failures.failed(name, cause);
    }

    @Override
    public void close() {
        var running = streams;
        if (running != null && !running.close(CLOSE_TIMEOUT)) {
            LOGGER.atWarn().addKeyValue("application", name).log("streams did not stop in time");
        }
    }

    private KafkaStreams newStreams() {
        var attempt = new KafkaStreams(topology.get(), properties);
        attempt.setUncaughtExceptionHandler(this::threadDied);
        var listener = restoreListener;
        if (listener != null) {
            attempt.setGlobalStateRestoreListener(listener);
        }
        attempt.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.ERROR && attempt.equals(streams)) {
                failures.failed(name, new IllegalStateException("streams in error state"));
            }
        });
        return attempt;
    }

    private StreamThreadExceptionResponse threadDied(Throwable cause) {
        if (corrupt(cause)) {
            mark();
        }
        boolean global = Thread.currentThread().getName().contains("GlobalStreamThread");
        if (!global && (outage(cause) || mayReplace())) {
            LOGGER.atWarn().setCause(cause).addKeyValue("application", name).log("thread replaced");
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        if (streams != null) { // While starting, start() itself throws.
            failures.failed(name, cause);
        }
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private synchronized boolean mayReplace() {
        var now = clock.instant();
        while (!replacements.isEmpty()
                && replacements.getFirst().isBefore(now.minus(REPLACEMENT_WINDOW))) {
            replacements.removeFirst();
        }
        if (replacements.size() == REPLACEMENTS_MAX) {
            return false;
        }
        replacements.addLast(now);
        return true;
    }

    /** An outage of others, which each thread already waits for on its own before it dies. */
    private static boolean outage(Throwable cause) {
        return has(cause, RetriableException.class)
                || has(cause, RegistryUnavailableException.class);
    }

    private static boolean corrupt(Throwable cause) {
        return has(cause, ProcessorStateException.class)
                || has(cause, InvalidOffsetException.class);
    }

    private static boolean has(@Nullable Throwable cause, Class<? extends Throwable> type) {
        for (int depth = 0; depth < 16 && cause != null; depth++) {
            if (type.isInstance(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private Path marker() {
        return stateDirectory.resolve(CORRUPT_MARKER);
    }

    private void mark() {
        try {
            Files.createDirectories(stateDirectory);
            Files.writeString(marker(), name);
        } catch (IOException e) {
            LOGGER.atError().setCause(e).addKeyValue("application", name).log("cannot mark state");
        }
    }

    private void unmark() {
        try {
            Files.deleteIfExists(marker());
        } catch (IOException e) {
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("application", name)
                    .log("cannot unmark state");
        }
    }
}
