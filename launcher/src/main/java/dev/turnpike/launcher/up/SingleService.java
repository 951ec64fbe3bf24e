package dev.turnpike.launcher.up;

import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.runtime.config.SettingsSource;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.lifecycle.ServiceHost;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One service in a process of its own, on a Kafka cluster and with the master key of the
 * installation. Health and metrics are on the admin listener; the control plane has them on its
 * own. Started and closed by one thread.
 */
public final class SingleService implements AutoCloseable {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(250);

    private final ServiceHost host;
    private final Foundation foundation;

    private SingleService(ServiceHost host, Foundation foundation) {
        this.host = host;
        this.foundation = foundation;
    }

    /**
     * Starts the service and returns; whether it is ready says its health.
     *
     * @throws dev.turnpike.runtime.config.InvalidSettingsException with every mistake
     * @throws StartException if a directory, port or the cluster cannot be used; nothing is left
     *     running
     */
    public static SingleService start(Part part, SettingsSource source) {
        var configuration = Configuration.readDistributed(source);
        var process = configuration.process();
        var directory = Installation.prepare(process.dataDirectory());
        requireFreePort(
                part, configuration, ListenerPorts.of(directory, RandomGenerator.getDefault()));
        var foundation =
                new Foundation(
                        new KafkaClients(process.kafka().orElseThrow()),
                        configuration.registry(),
                        process.masterKey().orElseThrow(),
                        Metrics.ofProcess());
        var services =
                new ArrayList<>(Composition.alone(part, configuration, foundation).services());
        var ids = new IdSource(InstantSource.system(), new SecureRandom());
        if (part != Part.CONTROL_PLANE) {
            services.addFirst(
                    new AdminService(
                            process.admin(),
                            foundation.metrics(),
                            () -> services.stream().flatMap(s -> s.ready().stream()).toList(),
                            () -> ids.next("req_")));
        }
        var single = new SingleService(new ServiceHost(services), foundation);
        boolean started = false;
        try {
            single.host.start();
            started = true;
            return single;
        } finally {
            if (!started) {
                single.close();
            }
        }
    }

    private static void requireFreePort(
            Part part, Configuration configuration, ListenerPorts ports) {
        var admin = configuration.process().admin();
        switch (part) {
            case CONTROL_PLANE -> {
                var listener = configuration.control().listener();
                ports.requireFree("control", listener.host(), listener.port(), "control.port");
            }
            case EDGE -> {
                var listener = configuration.edge().listener();
                ports.requireFree("edge", listener.host(), listener.port(), "edge.port");
                ports.requireFree("admin", admin.host(), admin.port(), "admin.port");
            }
            case USAGE_AGGREGATOR, WEBHOOK_DISPATCHER ->
                    ports.requireFree("admin", admin.host(), admin.port(), "admin.port");
        }
    }

    /**
     * Waits until a stop is requested or a part fails.
     *
     * @return what failed, if a part did
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public Optional<Throwable> awaitStop(StopSignal stop) throws InterruptedException {
        while (!stop.await(LOOK_INTERVAL)) {
            if (host.failure().isPresent()) {
                break;
            }
        }
        return host.failure();
    }

    /** Stops the service within its drain time. */
    @Override
    public void close() {
        host.close();
        foundation.close();
    }
}
