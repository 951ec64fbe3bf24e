package dev.turnpike.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.edge.EdgeConfig;
import dev.turnpike.edge.EdgeService;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A control plane and an edge on one broker, with a scripted upstream: an operator's view. */
final class GatewayRig implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    final ScriptedUpstream upstream = ScriptedUpstream.start();
    final ControlClient client;
    final EdgeService edge;
    private final EmbeddedBroker broker;
    private final ControlReplica control;

    GatewayRig(Path directory, Map<String, String> settings) throws InterruptedException {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        var kafka = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        try (var admin = kafka.admin("rig")) {
            new TopicChecker(admin).ensure(Topics.ALL);
        }
        var all = new HashMap<>(settings);
        all.put("data-directory", directory.toString());
        all.put("outbound.allow-private", "true");
        all.put("owner-key", ControlReplica.OWNER_KEY);
        control = ControlReplica.start(broker.bootstrapServers(), directory, Map.copyOf(all));
        client = control.client();
        all.remove("owner-key");
        all.put("edge.port", "0");
        all.put("edge.tls.port", "0");
        edge =
                new EdgeService(
                        EdgeConfig.read(Settings.of(all)),
                        kafka,
                        CompiledSchemas.INSTANCE,
                        MasterKey.of(new byte[MasterKey.BYTES]),
                        new Metrics());
        edge.start((part, cause) -> {
            throw new IllegalStateException(part, cause);
        });
        Eventually.await(
                PATIENCE,
                "edge ready",
                () -> edge.ready().stream().allMatch(check -> check.probe().get().ok()));
    }

    /** Publishes a slug that the upstream answers by the script {@code model}; its id. */
    String publish(String slug, String model) {
        return made(
                        "endpoints",
                        "{\"slug\":\"%s\",\"targets\":[%s]}".formatted(slug, target(model)))
                .path("id")
                .asText();
    }

    String target(String model) {
        return """
        {"provider":"OPENAI_COMPATIBLE","target_model":"%s","base_url":"%s",
         "timeouts":{"connect_ms":10000,"first_byte_ms":20000,"idle_ms":20000}}
        """
                .formatted(model, upstream.baseUrl());
    }

    /** Makes a group with access to the slugs; its id. */
    String group(String name, String... slugs) {
        var models = new StringBuilder();
        for (var slug : slugs) {
            models.append(models.isEmpty() ? "" : ",").append("{\"slug\":\"" + slug + "\"}");
        }
        var body = "{\"metadata\":{\"external_entity_id\":\"%s\"},\"models\":[%s]}";
        return made("groups", body.formatted(name, models)).path("id").asText();
    }

    JsonNode made(String path, String body) {
        var got = client.post(path, body);
        if (got.status() != 200) {
            throw new AssertionError(path + " answered " + got.status() + " " + got.body());
        }
        return got.body();
    }

    Reply call(String method, String path, Map<String, String> headers, String body) {
        try (var http = TestHttp.connect(edge.port())) {
            return http.request(method, path, headers, body).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Reply chat(String model, String key) {
        var body = "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        return call(
                "POST",
                "/v1/chat/completions",
                Map.of("authorization", "Bearer " + key, "content-type", "application/json"),
                body.formatted(model));
    }

    @Override
    public void close() {
        edge.close();
        client.close();
        control.close();
        upstream.close();
        broker.close();
    }
}
