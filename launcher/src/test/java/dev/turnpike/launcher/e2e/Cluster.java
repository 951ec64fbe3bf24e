package dev.turnpike.launcher.e2e;

import dev.turnpike.launcher.Turnpike;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.FreePorts;
import dev.turnpike.testkit.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The services of one installation, each in a process of its own as {@code docker-compose.yml} runs
 * them: two control planes, an aggregator, a dispatcher, two edges. Killed when closed.
 */
final class Cluster implements AutoCloseable {
    static final String OWNER_KEY = "an-owner-key-for-tests-0123456789abcdef";

    /** The consumer group whose only partition names the owner of the control log. */
    static final String OWNER_GROUP = "turnpike-control-owner";

    private static final String HOST = "http://127.0.0.1:";
    private static final List<String> SMALL =
            List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path directory;
    private final Map<String, String> common;
    private final Deque<Integer> ports = new ArrayDeque<>(FreePorts.of(8));
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    /**
     * One process.
     *
     * @param healthUrl root of the listener that answers health
     * @param url root of the listener that others use
     */
    record Node(String name, ChildProcess process, String healthUrl, String url) {}

    private Cluster(Path directory, Map<String, String> common) {
        this.directory = directory;
        this.common = common;
    }

    /** Starts all processes at once and returns without waiting. */
    static Cluster start(String bootstrapServers, Path directory) throws IOException {
        var masterKey = new byte[32];
        new SecureRandom().nextBytes(masterKey);
        var cluster =
                new Cluster(
                        directory,
                        Map.of(
                                "TURNPIKE_KAFKA_BOOTSTRAP_SERVERS",
                                bootstrapServers,
                                "TURNPIKE_SECRETS_MASTER_KEY",
                                Base64.getEncoder().encodeToString(masterKey),
                                "TURNPIKE_OWNER_KEY",
                                OWNER_KEY,
                                "TURNPIKE_OUTBOUND_ALLOW_PRIVATE",
                                "true"));
        cluster.control("control-1");
        cluster.control("control-2");
        cluster.alone("usage-aggregator", "usage-1", "TURNPIKE_USAGE_INSTANCE_ID");
        cluster.alone("webhook-dispatcher", "webhook-1", "TURNPIKE_WEBHOOK_INSTANCE_ID");
        cluster.edge("edge-1");
        cluster.edge("edge-2");
        return cluster;
    }

    /** Waits until every process says that it is ready. */
    void awaitReady(Duration patience) {
        for (var node : nodes.values()) {
            try (var anyone = new Operator(node.healthUrl(), "none")) {
                Eventually.await(
                        patience,
                        node.name() + " is ready",
                        () -> anyone.status("/health/ready") == 200 || !node.process().isAlive());
            }
            if (!node.process().isAlive()) {
                throw new AssertionError(node.name() + " ended: " + node.process().stderr());
            }
        }
    }

    Node node(String name) {
        return Optional.ofNullable(nodes.get(name)).orElseThrow();
    }

    private void control(String name) throws IOException {
        int port = ports.removeFirst();
        start(
                "control-plane",
                name,
                port,
                port,
                Map.of(
                        "TURNPIKE_CONTROL_PORT",
                        String.valueOf(port),
                        "TURNPIKE_CONTROL_INSTANCE_ID",
                        name,
                        "TURNPIKE_CONTROL_ADVERTISED_URL",
                        HOST + port));
    }

    private void alone(String command, String name, String instanceVariable) throws IOException {
        int admin = ports.removeFirst();
        start(command, name, admin, admin, Map.of(instanceVariable, name));
    }

    private void edge(String name) throws IOException {
        int port = ports.removeFirst();
        start(
                "edge",
                name,
                ports.removeFirst(),
                port,
                Map.of("TURNPIKE_EDGE_PORT", String.valueOf(port), "TURNPIKE_EDGE_ID", name));
    }

    private void start(
            String command, String name, int adminPort, int port, Map<String, String> more)
            throws IOException {
        var home = Files.createDirectories(directory.resolve(name));
        var environment = new LinkedHashMap<>(common);
        environment.put("TURNPIKE_DATA_DIRECTORY", home.resolve("data").toString());
        environment.put("TURNPIKE_ADMIN_PORT", String.valueOf(adminPort));
        environment.putAll(more);
        var process =
                ChildProcess.start(Turnpike.class, SMALL, List.of(command), environment, home);
        nodes.put(name, new Node(name, process, HOST + adminPort, HOST + port));
    }

    @Override
    public void close() {
        nodes.values().forEach(node -> node.process().close());
    }
}
