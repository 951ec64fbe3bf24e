package dev.turnpike.launcher.edge;

import dev.turnpike.launcher.contract.Contract;
import dev.turnpike.launcher.contract.Contract.Operation;
import dev.turnpike.launcher.contract.WhiteLabel;
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

/**
 * Calls of every operation that the inference API describes. Each answer is held to its description
 * and to the white label.
 */
final class EdgeCalls implements AutoCloseable {
    /** As the key: none is sent. */
    static final String NOBODY = "nobody";

    private static final Contract CONTRACT = Contract.ofEdge();

    final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;
    private String stored = "none";

    EdgeCalls(int port) {
        this.port = port;
    }

    /** Which response the operations about stored responses name. */
    void storedIs(String id) {
        stored = id;
    }

    /** Calls with the slug where the path has a model. */
    HttpResponse<byte[]> call(Operation operation, String key, String body)
            throws IOException, InterruptedException {
        var path = operation.path().replace("{model}", "acme/good").replace("{response}", stored);
        return call(operation, path, key, body);
    }

    HttpResponse<byte[]> call(Operation operation, String path, String key, String body)
            throws IOException, InterruptedException {
        var content = operation.node().at("/requestBody/content");
        boolean files = content.has("multipart/form-data");
        var request = request(operation.method(), path, key);
        if (content.isEmpty()) {
            request.method(operation.method(), BodyPublishers.noBody());
        } else {
            request.header(
                    "content-type", files ? "multipart/form-data; boundary=b" : "application/json");
            request.POST(BodyPublishers.ofString(files ? form(body) : body));
        }
        var got = http.send(request.build(), BodyHandlers.ofByteArray());
        CONTRACT.check(got);
        WhiteLabel.check(got);
        return got;
    }

    HttpRequest.Builder request(String method, String path, String key) {
        var url = "http://127.0.0.1:" + port + path;
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60));
        if (!key.equals(NOBODY)) {
            request.header("authorization", "Bearer " + key);
        }
        return request.method(method, BodyPublishers.noBody());
    }

    /** Has what every route needs; what one does not know passes it by. */
    static String body(String model) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                        .formatted(model)
                + "\"prompt\":\"x\",\"input\":\"x\",\"max_tokens\":5}";
    }

    private static String form(String body) {
        var model = Json.parse(body.getBytes(StandardCharsets.UTF_8)).path("model").asText();
        return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
                + "Content-Type: audio/wav\r\n\r\nRIFF\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n"
                + model
                + "\r\n--b--\r\n";
    }

    static Operation operation(String id) {
        return CONTRACT.operations().stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    static String text(HttpResponse<byte[]> got) {
        return new String(got.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
