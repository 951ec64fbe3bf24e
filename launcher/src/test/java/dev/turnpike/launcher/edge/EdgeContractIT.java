package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.turnpike.launcher.contract.Contract;
import dev.turnpike.launcher.contract.Contract.Operation;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.ScriptServer;
import dev.turnpike.testkit.upstream.ChatScripts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every answer that the inference API's description promises really comes, and no other here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class EdgeContractIT {
    private static final Contract CONTRACT = Contract.ofEdge();
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final int REQUESTS_MAX = 8;
    private static final int BODY_MAX = 64 << 10;
    private static final int BUSY = 503;

    /** The same in the words of the other vendor, whose 503 is another matter. */
    private static final int BUSY_OF_MESSAGES = 529;

    /** Its provider counts tokens; the others' are counted here. */
    private static final String COUNTED = "acme/two";

    /** A listener's health needs a part that fails. */
    private static final Set<String> ELSEWHERE = Set.of("ready 503");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private EdgeRig rig;
    private String elsewhere;
    private String stored;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        rig =
                new EdgeRig(
                        directory,
                        Map.of(
                                "edge.requests-max", "" + REQUESTS_MAX,
                                "edge.body-bytes-max", "" + BODY_MAX,
                                "edge.upload-bytes-max", "" + BODY_MAX));
        var bound = ApiKeyText.generate("tp", new SecureRandom());
        elsewhere = bound.whole();
        rig.write(
                rig.key(
                        bound.prefix(),
                        elsewhere,
                        new EdgeRig.KeyBounds(null, null, List.of("10.0.0.0/8"), null)));
        rig.endpoint(
                COUNTED,
                List.of(
                        new Target(
                                Provider.ANTHROPIC,
                                null,
                                "up",
                                rig.upstream.baseUrl(),
                                null,
                                null,
                                0,
                                1,
                                new Timeouts(1_000, 2_000, 2_000, 60_000),
                                Map.of())));
        Eventually.await(
                EdgeRig.PATIENCE,
                "endpoint known",
                () -> send("GET", "/v1/models/" + COUNTED, rig.key.whole()) == 200);
        Eventually.await(
                EdgeRig.PATIENCE, "key known", () -> send("GET", "/v1/models", elsewhere) == 403);
        rig.upstream.answer(EdgeContractIT::answered);
        var made = call(operation("createResponse"), rig.key.whole(), body("acme/good"));
        stored = Json.parse(made.body()).path("id").asText();
    }

    private int send(String method, String path, String key) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(url() + path))
                                    .header("authorization", "Bearer " + key)
                                    .method(method, BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    void stop() {
        http.shutdownNow();
        rig.close();
    }

    @TestFactory
    Stream<DynamicTest> everyDescribedAnswerOccurs() {
        return CONTRACT.operations().stream()
                .flatMap(operation ->
                        operation.statuses().stream()
                                .filter(status -> status != BUSY && status != BUSY_OF_MESSAGES)
                                .map(status ->
                                        dynamicTest(
                                                operation + " " + status,
                                                () -> occurs(operation, status))));
    }

    private void occurs(Operation operation, int status) throws Exception {
        rig.upstream.answer(upstream(status));
        var got = answer(operation, status);
        assertThat(got.statusCode()).as(text(got)).isEqualTo(status);
    }

    /** All places are taken by streams that do not end. */
    @Test
    void everyOperationOfABusyGatewaySaysSo() throws Exception {
        var endless = new ArrayList<HttpResponse<InputStream>>();
        try {
            rig.upstream.answer(request -> ChatScripts.endless(Duration.ofMillis(100)));
            for (int i = 0; i < REQUESTS_MAX; i++) {
                endless.add(endless());
            }
            for (var operation : CONTRACT.operations()) {
                if (operation.statuses().contains(BUSY)
                        && !ELSEWHERE.contains(operation + " " + BUSY)) {
                    var got = call(operation, rig.key.whole(), body(model(operation)));
                    boolean messages = operation.statuses().contains(BUSY_OF_MESSAGES);
                    assertThat(got.statusCode())
                            .as(operation.id())
                            .isEqualTo(messages ? BUSY_OF_MESSAGES : BUSY);
                    assertThat(text(got).contains("\"type\":\"overloaded_error\""))
                            .as(operation.id())
                            .isEqualTo(messages);
                }
            }
        } finally {
            for (var stream : endless) {
                stream.body().close();
            }
        }
        Eventually.await(
                EdgeRig.PATIENCE,
                "the streams have left",
                () -> send("GET", "/v1/models", rig.key.whole()) == 200);
    }

    private HttpResponse<InputStream> endless() throws Exception {
        var body =
                "{\"model\":\"acme/endless\",\"stream\":true,\"messages\":[{\"role\":\"user\","
                        + "\"content\":\"x\"}]}";
        return http.send(
                request("POST", "/v1/chat/completions", rig.key.whole())
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofInputStream());
    }

    private static ScriptServer.Director upstream(int status) {
        return switch (status) {
            case 400, 422, 429 ->
                    request ->
                            Script.answer(
                                    "refusal",
                                    status,
                                    JSON,
                                    "{\"error\":{\"message\":\"no\",\"type\":\"t\",\"code\":\"c\"}}");
            case 502 -> request -> Script.status(500);
            case 504 -> request -> Script.hang();
            default -> EdgeContractIT::answered;
        };
    }

    private HttpResponse<byte[]> answer(Operation operation, int status) throws Exception {
        var key = rig.key.whole();
        return switch (status) {
            case 401 -> call(operation, "nobody", body(model(operation)));
            case 403 -> call(operation, elsewhere, body(model(operation)));
            case 404 -> absent(operation);
            case 413 -> call(operation, key, body(model(operation) + " ".repeat(BODY_MAX)));
            default -> call(operation, key, body(model(operation)));
        };
    }

    private static String model(Operation operation) {
        return operation.id().equals("countTokens") ? COUNTED : "acme/good";
    }

    private HttpResponse<byte[]> absent(Operation operation) throws Exception {
        var path = operation.path().replaceAll("\\{[^}]*}", "nothing");
        return call(operation, path, rig.key.whole(), body("acme/nothing"));
    }

    private HttpResponse<byte[]> call(Operation operation, String key, String body)
            throws Exception {
        var path =
                operation.path().replace("{model}", "acme/good").replace("{response}", "" + stored);
        return call(operation, path, key, body);
    }

    private HttpResponse<byte[]> call(Operation operation, String path, String key, String body)
            throws Exception {
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
        return got;
    }

    private HttpRequest.Builder request(String method, String path, String key) {
        var request =
                HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(20));
        if (!key.equals("nobody")) {
            request.header("authorization", "Bearer " + key);
        }
        return request.method(method, BodyPublishers.noBody());
    }

    /** Has what every route needs; what one does not know passes it by. */
    private static String body(String model) {
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

    private static Script answered(ReceivedRequest request) {
        var path = request.target();
        var usage = "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}";
        if (path.contains("/audio/speech")) {
            return Script.answer("speech", 200, Map.of("content-type", "audio/mpeg"), "sound");
        }
        if (path.contains("/count_tokens")) {
            return json("{\"input_tokens\":3}");
        }
        if (path.contains("/responses")) {
            return json(
                    "{\"id\":\"resp_up\",\"object\":\"response\",\"model\":\"up\",\"output\":[],"
                            + "\"status\":\"completed\"}");
        }
        if (path.contains("/embeddings")) {
            return json(
                    "{\"object\":\"list\",\"model\":\"up\",\"data\":[{\"object\":\"embedding\","
                            + "\"index\":0,\"embedding\":[1.0]}],"
                            + usage
                            + "}");
        }
        return json(
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"up\","
                        + "\"text\":\"x\",\"choices\":[{\"index\":0,\"text\":\"x\",\"message\":"
                        + "{\"role\":\"assistant\",\"content\":\"x\"},\"finish_reason\":\"stop\"}],"
                        + usage
                        + "}");
    }

    private static Script json(String body) {
        return Script.answer("json", 200, JSON, body);
    }

    private static Operation operation(String id) {
        return CONTRACT.operations().stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private String url() {
        return "http://127.0.0.1:" + rig.edge.port();
    }

    private static String text(HttpResponse<byte[]> got) {
        return new String(got.body(), StandardCharsets.UTF_8);
    }
}
