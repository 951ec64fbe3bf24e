package dev.turnpike.runtime.control;

import dev.turnpike.runtime.kafka.BoundedStores;
import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.StreamsApp;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.FailureSink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;

/**
 * Follows the control state with a Streams application of its own; for services that have no
 * topology. Started and closed by one thread.
 */
public final class ControlViewApp implements AutoCloseable {
    /** Keys and groups kept in memory at most, outside the heap: over a million keys. */
    static final long RESIDENT_BYTES_MAX = 384L << 20;

    /** Blocks of the local copy kept in memory, for what is not kept as it is. */
    static final long BLOCK_CACHE_BYTES = 64L << 20;

    private final ControlView view;
    private final StreamsApp app;
    private final InstantSource clock;
    private final CopyWarming warming;
    private volatile @Nullable KafkaContact contact;

    /**
     * @param plan its own application id and state directory; no transactions are needed
     */
    public ControlViewApp(
            ControlView view,
            StreamsPlan plan,
            KafkaClients clients,
            DeadLetters deadLetters,
            InstantSource clock) {
        this.view = view;
        this.clock = clock;
        this.warming = new CopyWarming(view);
        // Half of what the JVM lets buffers outside the heap take is others'.
        long mine = DirectMemory.bytesMax() / 2 - ResidentRecords.SLACK_BYTES;
        view.keepResident(Math.clamp(mine, 0, RESIDENT_BYTES_MAX));
        var properties = plan.properties(clients, deadLetters);
        properties.put(BoundedStores.BLOCK_CACHE_CONFIG, BLOCK_CACHE_BYTES);
        this.app =
                new StreamsApp(
                        plan,
                        properties,
                        () -> {
                            var topology = new Topology();
                            view.addTo(topology);
                            return topology;
                        },
                        clock);
        app.whenRestoring(view.restoring());
    }

    /**
     * Starts and returns when the view is loaded; what it reads from comes into memory later.
     *
     * @throws org.apache.kafka.streams.errors.StreamsException if Kafka does not answer in time or
     *     the local copy can be neither read nor replaced
     */
    public void start(FailureSink onFailure) {
        view.whenCorrupt(app::foundCorrupt);
        app.start(onFailure);
        warming.start(onFailure);
        contact = KafkaContact.watch(app.streams(), clock, onFailure);
    }

    /** The view that is kept. */
    public ControlView view() {
        return view;
    }

    /** Time since Kafka last answered; how old the view may be. */
    public Duration staleness() {
        var watched = contact;
        return watched == null ? Duration.ofDays(1) : watched.staleness();
    }

    /** When Kafka last answered, by the application's clock; long ago before it has started. */
    public Instant heardAt() {
        var watched = contact;
        return watched == null ? Instant.EPOCH : watched.heardAt();
    }

    /** Passes while the application runs and the view is loaded. */
    public List<Check> ready() {
        return List.of(app.running());
    }

    @Override
    public void close() {
        var watched = contact;
        if (watched != null) {
            watched.close();
        }
        warming.close();
        app.close();
    }
}
