package dev.turnpike.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.contract.Contract;
import dev.turnpike.runtime.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Speaks to a management API over the real wire, and holds it to its description. */
final class ControlClient implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final String key;
    private final Consumer<HttpResponse<byte[]>> look;

    ControlClient(String url, String key) {
        this(url, key, answer -> {});
    }

    private ControlClient(String url, String key, Consumer<HttpResponse<byte[]>> look) {
        this.url = url;
        this.key = key;
        this.look = look;
    }

    /** The same, and every answer is also shown to {@code look}. */
    ControlClient watched(Consumer<HttpResponse<byte[]>> look) {
        return new ControlClient(url, key, look);
    }

    /** A reply with its body read as JSON. */
    record Got(int status, JsonNode body, HttpResponse<byte[]> raw) {
        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        String text(String pointer) {
            return Objects.requireNonNull(body.at(pointer).asText());
        }

        String code() {
            return text("/error/code");
        }
    }

    ControlClient at(String otherUrl) {
        return new ControlClient(otherUrl, key, look);
    }

    ControlClient as(String otherKey) {
        return new ControlClient(url, otherKey, look);
    }

    Got get(String path) {
        return send("GET", path, null, Map.of());
    }

    Got get(String path, Map<String, String> headers) {
        return send("GET", path, null, headers);
    }

    Got post(String path, String json) {
        return send("POST", path, json, Map.of());
    }

    Got post(String path, String json, String idempotencyKey) {
        return send("POST", path, json, Map.of("Idempotency-Key", idempotencyKey));
    }

    Got patch(String path, String json) {
        return send("PATCH", path, json, Map.of());
    }

    Got patch(String path, String json, String ifMatch) {
        return send("PATCH", path, json, Map.of("If-Match", ifMatch));
    }

    Got delete(String path) {
        return send("DELETE", path, null, Map.of());
    }

    Got send(String method, String path, @Nullable String json, Map<String, String> headers) {
        var full = path.startsWith("/") ? url + path : url + "/v1/gateway/" + path;
        var request =
                HttpRequest.newBuilder(URI.create(full))
                        .timeout(Duration.ofSeconds(60))
                        .method(
                                method,
                                json == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(json));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        headers.forEach(request::header);
        try {
            var raw = http.send(request.build(), BodyHandlers.ofByteArray());
            Contract.ofControl().check(raw);
            look.accept(raw);
            var type = raw.headers().firstValue("content-type").orElse("");
            return new Got(
                    raw.statusCode(),
                    type.contains("json") ? Json.mapper().readTree(raw.body()) : Json.object(),
                    raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
