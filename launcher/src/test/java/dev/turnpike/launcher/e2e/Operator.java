package dev.turnpike.launcher.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Somebody with a key: an operator of the management API, or a client of a gateway. */
final class Operator implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final String key;

    /**
     * @param base root of a listener, without a path
     */
    Operator(String base, String key) {
        this.base = base;
        this.key = key;
    }

    /** Publishes {@code slug}, answered by an OpenAI-compatible upstream. */
    void publish(String slug, String upstreamUrl, String targetModel) throws IOException {
        create(
                "/v1/gateway/endpoints",
                """
                {"slug":"%s","targets":[{"provider":"OPENAI_COMPATIBLE","target_model":"%s",\
                "base_url":"%s"}]}\
                """
                        .formatted(slug, targetModel, upstreamUrl));
    }

    /**
     * Makes a root group and returns its id.
     *
     * @param models the JSON array of its models
     */
    String group(String externalId, String models) throws IOException {
        return create(
                        "/v1/gateway/groups",
                        """
                        {"metadata":{"external_entity_id":"%s"},"models":%s}\
                        """
                                .formatted(externalId, models))
                .path("id")
                .asText();
    }

    /** Mints a key of a group. */
    String key(String groupId) throws IOException {
        return create("/v1/gateway/groups/" + groupId + "/api_keys", "{\"name\":\"test\"}")
                .path("api_key")
                .asText();
    }

    /** Has all events sent to {@code url}. */
    void webhook(String url) throws IOException {
        create("/v1/gateway/webhooks", "{\"url\":\"%s\"}".formatted(url));
    }

    /**
     * Creates something.
     *
     * @throws IOException if it is not answered 200
     */
    JsonNode create(String path, String body) throws IOException {
        var answer = post(path, body);
        if (answer.statusCode() != 200) {
            throw new IOException(
                    path + " was answered " + answer.statusCode() + ": " + answer.body());
        }
        return Json.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> post(String path, String body) throws IOException {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> get(String path) throws IOException {
        return send(request(path).GET());
    }

    /** The status of a GET, or 0 when nobody answers. */
    int status(String path) {
        try {
            return get(path).statusCode();
        } catch (IOException nobody) {
            return 0;
        }
    }

    /** Whether the gateway shows {@code slug} to this key. */
    boolean sees(String slug) {
        try {
            var answer = get("/v1/models");
            return answer.statusCode() == 200 && answer.body().contains("\"" + slug + "\"");
        } catch (IOException nobody) {
            return false;
        }
    }

    /** One completion; the answer's {@code x-request-id} names it in the ledger. */
    HttpResponse<String> chat(String slug) throws IOException {
        return post(
                "/v1/chat/completions",
                """
                {"model":"%s","messages":[{"role":"user","content":"hello"}]}\
                """
                        .formatted(slug));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(ANSWER_TIMEOUT)
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
