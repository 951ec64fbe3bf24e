package dev.turnpike.launcher.all;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Publishes and signs up over the management API, and calls as a customer. */
final class Operator implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String controlUrl;
    private final String gatewayUrl;
    private final String ownerKey;

    Operator(String controlUrl, String gatewayUrl, String ownerKey) {
        this.controlUrl = controlUrl;
        this.gatewayUrl = gatewayUrl;
        this.ownerKey = ownerKey;
    }

    /** A status and the body that came with it. */
    record Reply(int status, JsonNode body, HttpResponse<byte[]> raw) {}

    /** Publishes the demo model. */
    void publish(String slug) {
        var endpoint = Json.object().put("slug", slug);
        endpoint.putArray("targets").addObject().put("provider", "DEMO");
        create("/v1/gateway/endpoints", endpoint);
    }

    /** Makes a group with a key and waits until the gateway knows the key; returns the key. */
    String signUp(String name, String slug, int requestsPerMinute) {
        var group = Json.object();
        group.putObject("metadata").put("external_entity_id", name);
        var model = group.putArray("models").addObject().put("slug", slug);
        model.putArray("rate_limits")
                .addObject()
                .put("type", "REQUEST")
                .put("unit", "MINUTE")
                .put("threshold", requestsPerMinute);
        var id = create("/v1/gateway/groups", group).path("id").asText();
        var keys = "/v1/gateway/groups/" + id + "/api_keys";
        var key = create(keys, Json.object()).path("api_key").asText();
        Eventually.await(
                PATIENCE,
                "the key of " + name + " sees its model",
                () -> get(gatewayUrl + "/v1/models", key).body().path("data").size() == 1);
        return key;
    }

    /** One plain completion. */
    Reply chat(String key, String slug) {
        var body = Json.object().put("model", slug);
        body.putArray("messages").addObject().put("role", "user").put("content", "Hello");
        return send(
                request(gatewayUrl + "/v1/chat/completions", key)
                        .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
                        .build());
    }

    Reply management(String path) {
        return get(controlUrl + path, ownerKey);
    }

    Reply get(String url, String key) {
        return send(request(url, key).GET().build());
    }

    private JsonNode create(String path, ObjectNode body) {
        var reply =
                send(
                        request(controlUrl + path, ownerKey)
                                .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
                                .build());
        assertThat(reply.status()).as("%s: %s", path, reply.body()).isEqualTo(200);
        return reply.body();
    }

    private static HttpRequest.Builder request(String url, String key) {
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(PATIENCE)
                .header("content-type", "application/json")
                .header("authorization", "Bearer " + key);
    }

    private Reply send(HttpRequest request) {
        try {
            var response = http.send(request, BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), Json.parse(response.body()), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
