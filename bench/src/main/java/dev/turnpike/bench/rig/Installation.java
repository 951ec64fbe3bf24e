package dev.turnpike.bench.rig;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.Turnpike;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.testkit.net.FreePorts;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * All of Turnpike in one process, as {@code turnpike up} starts it, published through its own
 * management API. One thread.
 */
public final class Installation implements AutoCloseable {
    private static final Duration READY_PATIENCE = Duration.ofSeconds(120);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final String BASE = "/v1/gateway";
    private static final long HIGH = 1_000_000_000L;
    private static final int OK = 200;

    private final Child child;
    private final int gatewayPort;
    private final int controlPort;
    private final String ownerKey;
    private String groupId = "";

    private Installation(Child child, int gatewayPort, int controlPort, String ownerKey) {
        this.child = child;
        this.gatewayPort = gatewayPort;
        this.controlPort = controlPort;
        this.ownerKey = ownerKey;
    }

    /** Starts it in {@code directory} and waits until it is ready. */
    static Installation start(Path directory) {
        var ports = FreePorts.of(2);
        var data = directory.resolve("up-data");
        var ownerKey = ApiKeyText.generate("tpm", new SecureRandom()).whole();
        var command =
                Child.java(
                        Turnpike.class,
                        Edge.OPTIONS,
                        List.of(
                                "up",
                                "--data-dir=" + data,
                                "--gateway-port=" + ports.get(0),
                                "--control-port=" + ports.get(1),
                                "--kafka-port=0",
                                "--allow-private-network"));
        var secrets = Map.of("TURNPIKE_OWNER_KEY", ownerKey);
        var child = Child.start("up", command, secrets, directory, true);
        long began = System.nanoTime();
        while (Files.notExists(data.resolve("run.json"))) {
            if (!child.isAlive() || System.nanoTime() - began > READY_PATIENCE.toNanos()) {
                child.close();
                throw new BenchException("turnpike up is not ready: " + child.lastErrors());
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return new Installation(child, ports.get(0), ports.get(1), ownerKey);
    }

    /** Publishes the whole answers of an upstream, and a group that may call them; once. */
    void publish(int upstreamPort) {
        var endpoint = Json.object().put("slug", Publication.WHOLE);
        endpoint.putArray("targets")
                .addObject()
                .put("provider", "OPENAI_COMPATIBLE")
                .put("base_url", "http://127.0.0.1:" + upstreamPort + "/v1")
                .put("target_model", "scripted");
        post("/endpoints", endpoint);
        var group = Json.object();
        group.putObject("metadata").put("external_entity_id", "bench").put("name", "bench");
        var limits =
                group.putArray("models")
                        .addObject()
                        .put("slug", Publication.WHOLE)
                        .putArray("rate_limits");
        limits.addObject().put("type", "REQUEST").put("unit", "MINUTE").put("threshold", HIGH);
        limits.addObject().put("type", "TOKEN").put("unit", "MINUTE").put("threshold", HIGH);
        groupId = post("/groups", group).path("id").asText();
    }

    /**
     * A key of the group.
     *
     * @param key what clients send
     * @param prefix its public part
     */
    public record Minted(String key, String prefix) {}

    /** Mints a key for the published group. */
    public Minted mint() {
        var minted = post("/groups/" + groupId + "/api_keys", Json.object().put("name", "bench"));
        return new Minted(minted.path("api_key").asText(), minted.path("prefix").asText());
    }

    /** Takes a key away. */
    public void revoke(Minted key) {
        ask("DELETE", "/groups/" + groupId + "/api_keys/" + key.prefix(), "");
    }

    /** Has all billing events sent to {@code url}. */
    public void sendEventsTo(String url) {
        post("/webhooks", Json.object().put("url", url));
    }

    private ObjectNode post(String path, ObjectNode body) {
        return ask("POST", path, body.toString());
    }

    private ObjectNode ask(String method, String path, String body) {
        var headers =
                body.isEmpty()
                        ? Map.of("authorization", "Bearer " + ownerKey)
                        : Map.of(
                                "authorization",
                                "Bearer " + ownerKey,
                                "content-type",
                                "application/json");
        try (var http = TestHttp.connect(controlPort)) {
            var reply = http.request(method, BASE + path, headers, body).read();
            if (reply.status() != OK) {
                throw new BenchException(
                        "%s %s was answered %d: %s"
                                .formatted(method, path, reply.status(), reply.body()));
            }
            return Json.parseObject(reply.body().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where inference is asked for. */
    public int gatewayPort() {
        return gatewayPort;
    }

    @Override
    public void close() {
        child.close();
    }
}
