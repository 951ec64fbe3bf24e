package dev.turnpike.launcher.up;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.BrokerStartException;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.config.SettingsSource;
import dev.turnpike.runtime.http.ListenerSettings;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.lifecycle.ServiceHost;
import dev.turnpike.schemas.avro.SchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Everything in one process on a data directory: an embedded Kafka broker (unless a cluster is
 * configured) and all services. Started and closed by one thread.
 */
public final class AllInOne implements AutoCloseable {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(250);

    private final Configuration configuration;
    private final Path dataDirectory;
    private final Foundation foundation;
    private final Addresses addresses;
    private final Composition composition;
    private final ServiceHost host;
    private final RunFile runFile;

    private AllInOne(
            Configuration configuration,
            Path dataDirectory,
            Foundation foundation,
            Addresses addresses,
            Composition composition) {
        this.configuration = configuration;
        this.dataDirectory = dataDirectory;
        this.foundation = foundation;
        this.addresses = addresses;
        this.composition = composition;
        this.host = new ServiceHost(composition.services());
        this.runFile = new RunFile(dataDirectory);
    }

    /** As {@link #start(SettingsSource, StopSignal)}, when nothing can ask for a stop meanwhile. */
    public static AllInOne start(SettingsSource source) throws InterruptedException {
        return start(source, new StopSignal());
    }

    /**
     * Starts everything and returns when all of it is ready, or when {@code stop} is requested
     * meanwhile. {@code run.json} is then in the data directory.
     *
     * @throws dev.turnpike.runtime.config.InvalidSettingsException with every mistake
     * @throws StartException if a directory, port or cluster cannot be used, or not everything is
     *     ready in time; nothing is left running
     * @throws InterruptedException if the waiting thread is interrupted; nothing is left running
     */
    public static AllInOne start(SettingsSource source, StopSignal stop)
            throws InterruptedException {
        var startedAt = Instant.now();
        var given = Configuration.read(source);
        var directory = Installation.prepare(given.process().dataDirectory());
        var configuration = Configuration.read(Configuration.with(source, ports(given, directory)));
        var running = compose(configuration, directory);
        boolean ready = false;
        try {
            running.run(stop, startedAt);
            ready = true;
            return running;
        } finally {
            if (!ready) {
                running.close();
            }
        }
    }

    /** The ports of the listeners, decided; also refuses a port of Kafka that is taken. */
    private static Map<String, String> ports(Configuration given, Path directory) {
        var ports = ListenerPorts.of(directory, RandomGenerator.getDefault());
        if (given.process().kafka().isEmpty() && given.process().kafkaPort() != 0) {
            ports.requireFree("Kafka", "127.0.0.1", given.process().kafkaPort(), "--kafka-port");
        }
        var edge = given.edge().listener();
        var control = given.control().listener();
        return Map.of(
                "edge.port",
                String.valueOf(ports.settle("gateway", edge.host(), edge.port(), "--gateway-port")),
                "control.port",
                String.valueOf(
                        ports.settle("control", control.host(), control.port(), "--control-port")));
    }

    /** Builds everything; of it only the broker runs. */
    private static AllInOne compose(Configuration configuration, Path directory) {
        var process = configuration.process();
        var masterKey = Installation.masterKey(process, directory);
        var broker =
                process.kafka().isPresent()
                        ? Optional.<EmbeddedBroker>empty()
                        : Optional.of(startBroker(configuration, directory));
        boolean composed = false;
        try {
            var kafka =
                    process.kafka()
                            .or(() -> broker.map(b -> KafkaSettings.plain(b.bootstrapServers())))
                            .orElseThrow();
            var foundation =
                    new Foundation(
                            new KafkaClients(kafka),
                            configuration.registry(),
                            masterKey,
                            Metrics.ofProcess());
            var addresses = addresses(configuration, kafka);
            var composition = Composition.allInOne(configuration, foundation, broker);
            var all = new AllInOne(configuration, directory, foundation, addresses, composition);
            composed = true;
            return all;
        } finally {
            if (!composed) {
                broker.ifPresent(EmbeddedBroker::close);
            }
        }
    }

    private static EmbeddedBroker startBroker(Configuration configuration, Path directory) {
        try {
            return EmbeddedBroker.start(
                    new BrokerSettings(
                            directory.resolve(Installation.BROKER_DIRECTORY),
                            configuration.process().kafkaPort()));
        } catch (BrokerStartException e) {
            throw new StartException(e.getMessage() + " (--data-dir, --kafka-port)", e);
        }
    }

    private void run(StopSignal stop, Instant startedAt) throws InterruptedException {
        runFile.remove();
        if (stop.isRequested()) {
            return;
        }
        host.start();
        Readiness.await(host, stop, configuration.process().startTimeout());
        if (!stop.isRequested()) {
            runFile.write(addresses, ProcessHandle.current().pid(), startedAt);
        }
    }

    private static Addresses addresses(Configuration configuration, KafkaSettings kafka) {
        var control = url(configuration.control().listener());
        return new Addresses(
                url(configuration.edge().listener()),
                control,
                kafka.bootstrapServers(),
                configuration.registryUrl().orElse(control + "/schema-registry"));
    }

    /** How this machine reaches a listener; one on all addresses is also on loopback. */
    private static String url(ListenerSettings listener) {
        var host = listener.host();
        var shown = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        return "http://"
                + (shown.contains(":") ? "[" + shown + "]" : shown)
                + ":"
                + listener.port();
    }

    /** Where everything answers. */
    public Addresses addresses() {
        return addresses;
    }

    /** Root of the inference listener. */
    public String gatewayUrl() {
        return addresses.gatewayUrl();
    }

    /** Root of the management listener. */
    public String controlUrl() {
        return addresses.controlUrl();
    }

    /** Kafka, as {@code host:port} list. */
    public String bootstrapServers() {
        return addresses.bootstrapServers();
    }

    /** The owner key, if this start created it: the only moment at which it is known. */
    public Optional<Secret> ownerKey() {
        return composition.createdOwnerKey();
    }

    /** Clients of the Kafka everything runs on. */
    public KafkaClients kafka() {
        return foundation.kafka();
    }

    /** Ids of the schemas in use. */
    public SchemaIds schemaIds() {
        return foundation.schemaIds();
    }

    /** The settings in force, ports decided. */
    public Configuration configuration() {
        return configuration;
    }

    /** The data directory, absolute. */
    public Path dataDirectory() {
        return dataDirectory;
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

    /**
     * Removes {@code run.json} and stops everything in reverse order. Closing twice is harmless.
     */
    @Override
    public void close() {
        runFile.remove();
        host.close();
        composition.close();
        foundation.close();
    }
}
