package dev.turnpike.launcher.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker and controller in this JVM, listening on loopback only and keeping its data
 * in a directory: what it acknowledged is there after a restart, also after a kill. Thread-safe.
 *
 * <p>It flushes when the operating system does, so a crash of the machine (not of the process) may
 * lose the last seconds; a production cluster replicates instead.
 */
public final class EmbeddedBroker implements AutoCloseable {
    /** How long {@link #close} waits for the controlled shutdown, which takes well under 1 s. */
    public static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

    private final DataDirectory directory;
    private final BrokerPorts ports;
    private final KafkaRaftServer server;
    private boolean closed;

    private EmbeddedBroker(DataDirectory directory, BrokerPorts ports, KafkaRaftServer server) {
        this.directory = directory;
        this.ports = ports;
        this.server = server;
    }

    /**
     * Starts the broker and returns once it accepts clients: about 2 s, up to 6 s after a kill.
     *
     * @throws BrokerStartException if the directory cannot be written, is nearly full or in use, if
     *     a port is taken, or if Kafka itself fails to start; no thread, port or lock is left
     *     behind
     */
    public static EmbeddedBroker start(BrokerSettings settings) {
        var directory = DataDirectory.open(settings.dataDirectory());
        boolean started = false;
        try {
            var ports =
                    BrokerPorts.settle(
                            directory.path(), settings.kafkaPort(), RandomGenerator.getDefault());
            formatWhenNew(directory.log());
            var broker = new EmbeddedBroker(directory, ports, startServer(directory.log(), ports));
            started = true;
            return broker;
        } catch (IOException e) {
            throw new BrokerStartException(
                    "data directory " + directory.path() + " cannot be used: " + e.getMessage(), e);
        } finally {
            if (!started) {
                directory.close();
            }
        }
    }

    /** Where clients connect, as {@code host:port}; the same after every restart. */
    public String bootstrapServers() {
        return "127.0.0.1:" + ports.kafka();
    }

    /**
     * Stops the broker in an orderly way and gives the directory back. Clients should be closed
     * before. Returns within {@link #CLOSE_TIMEOUT}; a broker that has not stopped by then is left
     * to end with the process and keeps its directory. Closing twice does nothing.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (stop(server)) {
            directory.close();
        } else {
            LOG.atWarn()
                    .addKeyValue("timeout", CLOSE_TIMEOUT)
                    .log("embedded broker did not stop in time");
        }
    }

    static void formatWhenNew(Path log) throws IOException {
        if (Files.exists(log.resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(log);
        var silent =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try (silent) {
            new Formatter()
                    .setPrintStream(silent)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(BrokerProperties.NODE_ID)
                    .setDirectories(List.of(log.toString()))
                    .setMetadataLogDirectory(Optional.of(log.toString()))
                    .setControllerListenerName(BrokerProperties.CONTROLLER_LISTENER)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .run();
        } catch (Exception e) { // Declared by Kafka's Formatter.
            throw new BrokerStartException(log + " cannot be formatted: " + e.getMessage(), e);
        }
    }

    /**
     * Kafka leaves non-daemon threads behind when its start fails, which would keep a JVM alive
     * that has nothing to do any more; so whatever it throws, it is shut down first.
     */
    static KafkaRaftServer startServer(Path log, BrokerPorts ports) {
        var properties = BrokerProperties.of(log, ports);
        Optional<KafkaRaftServer> server = Optional.empty();
        try {
            server =
                    Optional.of(
                            new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM));
            server.get().startup();
            return server.get();
        } catch (Throwable e) { // Kafka's Scala code throws checked exceptions undeclared.
            server.ifPresent(EmbeddedBroker::stop);
            throw new BrokerStartException(
                    "Kafka did not start on %s, ports %d and %d: %s"
                            .formatted(
                                    log,
                                    ports.kafka(),
                                    ports.controller(),
                                    rootCause(e).getMessage()),
                    e);
        }
    }

    private static Throwable rootCause(Throwable e) {
        var cause = e;
        for (var next = e.getCause(); next != null; next = next.getCause()) {
            cause = next;
        }
        return cause;
    }

    /** Returns whether the server stopped within the time. */
    private static boolean stop(KafkaRaftServer server) {
        var stopping =
                Thread.ofPlatform()
                        .daemon()
                        .name("embedded-broker-stop")
                        .start(() -> {
                            server.shutdown();
                            server.awaitShutdown();
                        });
        try {
            return stopping.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
