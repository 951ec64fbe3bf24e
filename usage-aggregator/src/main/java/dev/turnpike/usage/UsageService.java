package dev.turnpike.usage;

import dev.turnpike.runtime.control.ControlPrices;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.StreamsApp;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.lifecycle.InstanceId;
import dev.turnpike.runtime.lifecycle.Service;
import dev.turnpike.runtime.lifecycle.Threads;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.usage.domain.KeyOwners;
import dev.turnpike.usage.domain.KeyOwners.Owner;
import dev.turnpike.usage.topology.UsageCodecs;
import dev.turnpike.usage.topology.UsageMeters;
import dev.turnpike.usage.topology.UsageTopology;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The usage aggregator: requests in, ledger, totals and uses of keys out, exactly once. Its topics
 * must exist. Its directory may be deleted at any time it does not run.
 */
public final class UsageService implements Service {
    /** Name of the consumer group, and of the transactions and internal topics. */
    public static final String APPLICATION_ID = "turnpike-usage";

    /** Who gave up, in dead letters. */
    public static final String READER = "usage-aggregator";

    /** Times that unreadable local state is wiped and restored while the process runs. */
    static final int RESTORATIONS_MAX = 3;

    /**
     * Keys kept decoded: each is asked for so seldom that none is found again; prices always are.
     */
    private static final int DECODED_MAX = 1;

    private static final int CAUSES_MAX = 16;
    private static final Logger LOGGER = LoggerFactory.getLogger(UsageService.class);

    private final ControlView view;
    private final StreamsApp app;
    private final StreamsGauges gauges;
    private int restorations;
    private boolean closed;
    private volatile boolean started;

    /**
     * @param ids where schema ids come from
     * @param registry where meters are registered
     * @param names draws the name of this instance when none is configured
     */
    public UsageService(
            UsageConfig config,
            KafkaClients clients,
            SchemaIds ids,
            MeterRegistry registry,
            InstantSource clock,
            IdSource names) {
        var instance =
                config.instanceId()
                        .orElseGet(() -> InstanceId.keptIn(config.directory(), "usage", names));
        var plan =
                new StreamsPlan(
                        APPLICATION_ID, instance, config.directory(), true, config.threads());
        var letters = new DeadLetters(READER, ids, clock);
        view = new ControlView(ids, DECODED_MAX);
        gauges = new StreamsGauges(this::metrics);
        gauges.register(registry);
        var usage =
                new UsageTopology(
                        UsageCodecs.of(ids),
                        new ControlPrices(view),
                        owners(view),
                        new UsageMeters(registry),
                        letters,
                        config.requestRetention());
        app = new StreamsApp(plan, plan.properties(clients, letters), () -> whole(usage), clock);
        app.whenRestoring(view.restoring());
    }

    private static KeyOwners owners(ControlView view) {
        return (prefix, group) -> {
            if (!view.hasApiKey(prefix.value())) {
                return Owner.NOBODY;
            }
            return view.apiKey(prefix.value())
                    .filter(key -> !key.groupId().equals(group))
                    .map(key -> Owner.ANOTHER)
                    .orElse(Owner.ITSELF);
        };
    }

    private Topology whole(UsageTopology usage) {
        var topology = new Topology();
        view.addTo(topology);
        usage.addTo(topology);
        return topology;
    }

    @Override
    public String name() {
        return "usage";
    }

    @Override
    public void start(FailureSink onFailure) {
        app.start((part, cause) -> failed(part, cause, onFailure));
        started = true;
    }

    /**
     * State that turns out to be unreadable is restored from the topics in this process; every
     * other failure stops the service.
     */
    private void failed(String part, Throwable cause, FailureSink onFailure) {
        if (unreadableState(cause) && mayRestore()) {
            LOGGER.atWarn().setCause(cause).log("local state is unreadable, restoring it");
            // Not on this thread: it belongs to what is about to be closed.
            Threads.platform("usage-restore", onFailure, () -> restore(onFailure));
        } else {
            onFailure.failed(part, cause);
        }
    }

    private synchronized boolean mayRestore() {
        restorations++;
        return !closed && restorations <= RESTORATIONS_MAX;
    }

    private synchronized void restore(FailureSink onFailure) {
        if (!closed) {
            app.close();
            start(onFailure);
        }
    }

    @Override
    public List<Check> ready() {
        return List.of(app.running(), new Check("restored", this::restored));
    }

    /** The view of the control log that prices are read from. */
    public ControlView view() {
        return view;
    }

    /** Streams runs only once every task has its state; until then, how much is left. */
    private Check.Outcome restored() {
        return app.running().probe().get().ok()
                ? Check.Outcome.passed()
                : Check.Outcome.failed(gauges.toRestore() + " records of state to restore");
    }

    @Override
    public synchronized void close() {
        closed = true;
        app.close();
    }

    private Map<MetricName, ? extends Metric> metrics() {
        return started ? app.streams().metrics() : Map.of();
    }

    private static boolean unreadableState(@Nullable Throwable cause) {
        for (int depth = 0; depth < CAUSES_MAX && cause != null; depth++) {
            if (cause instanceof ProcessorStateException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
