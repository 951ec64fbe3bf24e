package dev.turnpike.launcher.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.Turnpike;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.FreePorts;
import dev.turnpike.testkit.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The distributed form on loopback: a broker and each service as a process of its own, any of which
 * can be killed as {@code kill -9} does and started again on its directory.
 */
final class Cluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);
    static final String OWNER_KEY = "owner-key-of-the-fault-tests-0123456789";

    /** The processes, in the order in which they start. */
    enum Member {
        BROKER(""),
        CONTROL_PLANE("control-plane"),
        USAGE_AGGREGATOR("usage-aggregator"),
        WEBHOOK_DISPATCHER("webhook-dispatcher"),
        EDGE("edge");

        private final String command;

        Member(String command) {
            this.command = command;
        }
    }

    private final Path directory;
    private final Map<Member, ChildProcess> running = new EnumMap<>(Member.class);
    private final int kafkaPort = FreePorts.one();
    private final List<Integer> adminPorts;
    private final int controlPort;
    private final int edgePort;
    private final HttpClient http = HttpClient.newHttpClient();

    Cluster(Path directory) {
        this.directory = directory;
        start(Member.BROKER);
        awaitReady(Member.BROKER);
        // Drawn together, and when the broker has drawn its own: nobody else listens there yet.
        var ports = FreePorts.of(Member.values().length + 2);
        controlPort = ports.getFirst();
        edgePort = ports.getLast();
        adminPorts = ports.subList(1, ports.size() - 1);
        services().forEach(this::start);
        services().forEach(this::awaitReady);
    }

    private static List<Member> services() {
        return Arrays.stream(Member.values()).filter(member -> member != Member.BROKER).toList();
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    int edgePort() {
        return edgePort;
    }

    /** Ends a process without giving it a chance. */
    void kill(Member member) {
        var process = running.remove(member);
        if (process != null) {
            process.killNow();
        }
    }

    /** Starts a process again on its directory. */
    void start(Member member) {
        var outputs = directory.resolve("out-" + member);
        try {
            Files.createDirectories(outputs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var process =
                member == Member.BROKER
                        ? ChildProcess.start(
                                FaultBroker.class,
                                List.of(
                                        directory.resolve("kafka").toString(),
                                        Integer.toString(kafkaPort)),
                                Map.of(),
                                outputs)
                        : ChildProcess.start(
                                Turnpike.class,
                                List.of(member.command),
                                environment(member),
                                outputs);
        running.put(member, process);
    }

    /** Waits until a process says that it is ready. */
    void awaitReady(Member member) {
        var process = running.get(member);
        if (process == null) {
            throw new IllegalStateException(member + " is not running");
        }
        if (member == Member.BROKER) {
            process.awaitLine(FaultBroker.LISTENING, PATIENCE);
            return;
        }
        int port = member == Member.CONTROL_PLANE ? controlPort : adminPorts.get(member.ordinal());
        try {
            Eventually.await(PATIENCE, member + " ready", () -> ready(port) || !process.isAlive());
        } catch (AssertionError late) {
            throw new AssertionError(member + " not ready: " + process.stderr(), late);
        }
        if (!process.isAlive()) {
            throw new AssertionError(member + " ended: " + process.stderr());
        }
    }

    private Map<String, String> environment(Member member) {
        var key =
                Base64.getEncoder()
                        .encodeToString("m".repeat(32).getBytes(StandardCharsets.US_ASCII));
        return Map.ofEntries(
                Map.entry("TURNPIKE_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers()),
                Map.entry("TURNPIKE_SECRETS_MASTER_KEY", key),
                Map.entry("TURNPIKE_OWNER_KEY", OWNER_KEY),
                Map.entry("TURNPIKE_OUTBOUND_ALLOW_PRIVATE", "true"),
                Map.entry("TURNPIKE_DATA_DIRECTORY", directory.resolve(member.name()).toString()),
                Map.entry("TURNPIKE_CONTROL_PORT", Integer.toString(controlPort)),
                Map.entry("TURNPIKE_EDGE_PORT", Integer.toString(edgePort)),
                Map.entry(
                        "TURNPIKE_ADMIN_PORT", Integer.toString(adminPorts.get(member.ordinal()))));
    }

    private boolean ready(int port) {
        try {
            var uri = URI.create("http://127.0.0.1:" + port + "/health/ready");
            var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A create on the management API. */
    JsonNode create(String resources, String json) {
        var uri = URI.create("http://127.0.0.1:" + controlPort + "/v1/gateway/" + resources);
        var request =
                HttpRequest.newBuilder(uri)
                        .header("authorization", "Bearer " + OWNER_KEY)
                        .header("content-type", "application/json")
                        .timeout(Duration.ofSeconds(20))
                        .POST(BodyPublishers.ofString(json))
                        .build();
        try {
            var reply = http.send(request, BodyHandlers.ofByteArray());
            if (reply.statusCode() != 200) {
                throw new AssertionError(
                        resources + ": " + new String(reply.body(), StandardCharsets.UTF_8));
            }
            return Json.parse(reply.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (var process : running.values()) {
            process.close();
        }
        http.close();
    }
}
