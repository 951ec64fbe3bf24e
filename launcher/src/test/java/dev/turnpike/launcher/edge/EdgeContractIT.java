package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.turnpike.launcher.contract.Contract;
import dev.turnpike.launcher.contract.Contract.Operation;
import dev.turnpike.launcher.contract.WhiteLabel;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.ScriptServer;
import dev.turnpike.testkit.upstream.ChatScripts;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every answer that the inference API's description promises really comes, and no other here; and
 * none names us or a provider where the operator chose a name.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class EdgeContractIT {
    private static final Contract CONTRACT = Contract.ofEdge();
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final int REQUESTS_MAX = 8;
    private static final int BODY_MAX = 64 << 10;
    private static final int BUSY = 503;

    /** Needs several certificates, as DomainsIT has them. */
    private static final int MISDIRECTED = 421;

    private static final int ATTEMPTS_MAX = 20;
    private static final int HEAD_TOO_LONG = 40 << 10;

    /** The same in the words of the other vendor, whose 503 is another matter. */
    private static final int BUSY_OF_MESSAGES = 529;

    /** Its provider counts tokens; the others' are counted here. */
    private static final String COUNTED = "acme/two";

    private static final String COUNTED_BY_OPENAI = "acme/drained";

    /** Their providers are not waited for. */
    private static final String SILENT = "acme/hang";

    private static final String SILENT_COUNTED = "acme/cut";
    private static final String SILENT_COUNTED_BY_OPENAI = "acme/eu";
    private static final String SILENT_STORING = "acme/charged";

    /** A listener's health needs a part that fails. */
    private static final Set<String> ELSEWHERE = Set.of("ready 503");

    /** Its provider hides its model under another name, as that of {@link #COUNTED} does. */
    private static final String HIDDEN = "acme/busy";

    private static final Pattern MODEL = Pattern.compile("\"model\"\\s*:\\s*\"([^\"]*)\"");

    private EdgeRig rig;
    private EdgeCalls calls;
    private String elsewhere;
    private String silentStored;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        var settings = new HashMap<>(WhiteLabel.SETTINGS);
        settings.put("edge.requests-max", "" + REQUESTS_MAX);
        settings.put("edge.body-bytes-max", "" + BODY_MAX);
        settings.put("edge.upload-bytes-max", "" + BODY_MAX);
        rig = new EdgeRig(directory, settings);
        calls = new EdgeCalls(rig.edge.port());
        var bound = ApiKeyText.generate("tp", new SecureRandom());
        elsewhere = bound.whole();
        rig.write(
                rig.key(
                        bound.prefix(),
                        elsewhere,
                        new EdgeRig.KeyBounds(null, null, List.of("10.0.0.0/8"), null)));
        rig.endpoint(COUNTED, List.of(target(Provider.ANTHROPIC)));
        rig.endpoint(COUNTED_BY_OPENAI, List.of(target(Provider.OPENAI)));
        rig.endpoint(SILENT_COUNTED, List.of(rig.hasty(Provider.ANTHROPIC, "silent")));
        rig.endpoint(SILENT_COUNTED_BY_OPENAI, List.of(rig.hasty(Provider.OPENAI, "silent")));
        rig.endpoint(SILENT_STORING, List.of(rig.hasty(Provider.OPENAI_COMPATIBLE, "silent")));
        rig.endpoint(HIDDEN, List.of(target(Provider.OPENAI_COMPATIBLE)));
        Eventually.await(
                EdgeRig.PATIENCE,
                "endpoint known",
                () -> send("GET", "/v1/models/" + HIDDEN, rig.key.whole()) == 200);
        Eventually.await(
                EdgeRig.PATIENCE, "key known", () -> send("GET", "/v1/models", elsewhere) == 403);
        rig.upstream.answer(EdgeContractIT::answered);
        calls.storedIs(stored(HIDDEN));
        silentStored =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "an answer within the short time of the silent one",
                        () -> stored(SILENT_STORING),
                        id -> !id.isEmpty());
    }

    /** The id of a new response, or the empty text. */
    private String stored(String slug) {
        try {
            var creates = EdgeCalls.operation("createResponse");
            var made = calls.call(creates, rig.key.whole(), EdgeCalls.body(slug));
            return Json.parse(made.body()).path("id").asText();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Target target(Provider provider) {
        return new Target(
                provider,
                null,
                WhiteLabel.HIDDEN_MODEL,
                rig.upstream.baseUrl(),
                null,
                null,
                0,
                1,
                EdgeRig.PATIENT,
                Map.of());
    }

    private int send(String method, String path, String key) {
        try {
            var request = calls.request(method, path, key).build();
            return calls.http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    void stop() {
        calls.close();
        rig.close();
    }

    @TestFactory
    Stream<DynamicTest> everyDescribedAnswerOccurs() {
        return CONTRACT.operations().stream()
                .flatMap(operation ->
                        operation.statuses().stream()
                                .filter(status -> status != BUSY && status != BUSY_OF_MESSAGES)
                                .filter(status -> status != MISDIRECTED)
                                .map(status ->
                                        dynamicTest(
                                                operation + " " + status,
                                                () -> occurs(operation, status))));
    }

    private void occurs(Operation operation, int status) throws Exception {
        rig.upstream.answer(upstream(status));
        var got = answer(operation, status);
        assertThat(got.statusCode()).as(EdgeCalls.text(got)).isEqualTo(status);
    }

    /** All places are taken by streams that do not end. */
    @Test
    void everyOperationOfABusyGatewaySaysSo() throws Exception {
        var endless = new ArrayList<HttpResponse<InputStream>>();
        try {
            rig.upstream.answer(request -> ChatScripts.endless(Duration.ofMillis(100)));
            for (int i = 0; i < REQUESTS_MAX; i++) {
                endless.add(endless()); // What earlier tests left takes a moment to leave.
            }
            for (var operation : CONTRACT.operations()) {
                if (operation.statuses().contains(BUSY)
                        && !ELSEWHERE.contains(operation + " " + BUSY)) {
                    var body = EdgeCalls.body(model(operation));
                    var got = calls.call(operation, rig.key.whole(), body);
                    boolean messages = operation.statuses().contains(BUSY_OF_MESSAGES);
                    assertThat(got.statusCode())
                            .as(operation.id())
                            .isEqualTo(messages ? BUSY_OF_MESSAGES : BUSY);
                    assertThat(EdgeCalls.text(got).contains("\"type\":\"overloaded_error\""))
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
                () ->
                        rig.upstream.ledger().requests().stream()
                                .noneMatch(exchange -> exchange.played().isEmpty()));
        Eventually.await(
                EdgeRig.PATIENCE,
                "there is room",
                () -> send("GET", "/v1/models", rig.key.whole()) == 200);
    }

    private HttpResponse<InputStream> endless() {
        return Eventually.await(
                EdgeRig.PATIENCE,
                "a place",
                this::tryEndless,
                response -> response.statusCode() == 200);
    }

    private HttpResponse<InputStream> tryEndless() {
        var body =
                "{\"model\":\"acme/endless\",\"stream\":true,\"messages\":[{\"role\":\"user\","
                        + "\"content\":\"x\"}]}";
        var request =
                calls.request("POST", "/v1/chat/completions", rig.key.whole())
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build();
        try {
            return calls.http.send(request, BodyHandlers.ofInputStream());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whatever a provider answers, on every operation that asks one. */
    @TestFactory
    Stream<DynamicTest> noAnswerTellsWhoTheProviderIs() {
        return CONTRACT.operations().stream()
                .filter(operation -> operation.statuses().contains(502))
                .map(operation -> dynamicTest(operation.id(), () -> tellsNobody(operation)));
    }

    private void tellsNobody(Operation operation) throws Exception {
        for (var way : TellTales.all().entrySet()) {
            if (way.getKey().equals("words 200") && operation.path().contains("/audio/tran")) {
                continue; // These words are what somebody said.
            }
            rig.upstream.answer(way.getValue());
            for (var slug : List.of(HIDDEN, COUNTED)) {
                var body = EdgeCalls.body(slug);
                tellsNobody(operation, way.getKey(), slug, body);
                tellsNobody(
                        operation, way.getKey(), slug, body.replace("}]", "}],\"stream\":true"));
            }
        }
    }

    private void tellsNobody(Operation operation, String way, String slug, String body)
            throws Exception {
        try {
            var got = calls.call(operation, rig.key.whole(), body);
            var shown = operation.path().contains("{response}") ? HIDDEN : slug;
            MODEL.matcher(EdgeCalls.text(got))
                    .results()
                    .forEach(model -> assertThat(model.group(1)).isEqualTo(shown));
        } catch (IOException brokenOff) {
            assertThat(way).isEqualTo("stream that breaks"); // The only way to say so by then.
        } catch (AssertionError e) {
            throw new AssertionError(way + ", " + slug + ": " + e.getMessage(), e);
        }
    }

    @Test
    void whatTheServerItselfRefusesNamesNobody() throws Exception {
        WhiteLabel.checkWire(rig.edge.port());
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
        var body = EdgeCalls.body(model(operation));
        return switch (status) {
            case 401 -> calls.call(operation, EdgeCalls.NOBODY, body);
            case 403 -> calls.call(operation, elsewhere, body);
            case 404 -> absent(operation);
            case 409 -> repeated(operation);
            case 413 -> large(operation);
            case 415 -> packed(operation);
            case 431 -> heavy(operation);
            case 504 -> silent(operation);
            default -> calls.call(operation, key, body);
        };
    }

    /** Who still writes when the refusal is sent may see a closed connection instead. */
    private static HttpResponse<byte[]> heard(Callable<HttpResponse<byte[]>> call)
            throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.call();
            } catch (IOException e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private HttpResponse<byte[]> large(Operation operation) throws Exception {
        var body = EdgeCalls.body(model(operation) + " ".repeat(BODY_MAX));
        return heard(() -> calls.call(operation, rig.key.whole(), body));
    }

    private HttpResponse<byte[]> heavy(Operation operation) throws Exception {
        var path = operation.path().replaceAll("\\{[^}]*}", "any");
        var request =
                calls.request(operation.method(), path, rig.key.whole())
                        .header("x-big", "b".repeat(HEAD_TOO_LONG))
                        .build();
        var got = heard(() -> calls.http.send(request, BodyHandlers.ofByteArray()));
        CONTRACT.check(got);
        WhiteLabel.check(got);
        return got;
    }

    private HttpResponse<byte[]> packed(Operation operation) throws Exception {
        var request =
                calls.request("POST", operation.path(), rig.key.whole())
                        .header("content-type", "application/json")
                        .header("content-encoding", "br")
                        .POST(BodyPublishers.ofString(EdgeCalls.body(model(operation))));
        var got = calls.http.send(request.build(), BodyHandlers.ofByteArray());
        CONTRACT.check(got);
        return got;
    }

    /** Asks the same again under the same key while the first one waits for its target. */
    private HttpResponse<byte[]> repeated(Operation operation) throws Exception {
        var asked = new CountDownLatch(1);
        rig.upstream.answer(request -> answered(request).behind(asked));
        int before = rig.upstream.ledger().requests().size();
        var first = calls.http.sendAsync(keyed(operation), BodyHandlers.discarding());
        try {
            rig.upstream.ledger().awaitRequests(before + 1, EdgeRig.PATIENCE);
            var got = calls.http.send(keyed(operation), BodyHandlers.ofByteArray());
            CONTRACT.check(got);
            return got;
        } finally {
            asked.countDown();
            first.join();
        }
    }

    private HttpRequest keyed(Operation operation) {
        return calls.request("POST", operation.path(), rig.key.whole())
                .header("content-type", "application/json")
                .header("idempotency-key", operation.id())
                .POST(BodyPublishers.ofString(EdgeCalls.body(model(operation))))
                .build();
    }

    private HttpResponse<byte[]> silent(Operation operation) throws Exception {
        var slug =
                switch (operation.id()) {
                    case "countTokens" -> SILENT_COUNTED;
                    case "countResponseTokens" -> SILENT_COUNTED_BY_OPENAI;
                    default -> SILENT;
                };
        var path = operation.path().replace("{model}", slug).replace("{response}", silentStored);
        return calls.call(operation, path, rig.key.whole(), EdgeCalls.body(slug));
    }

    private static String model(Operation operation) {
        return switch (operation.id()) {
            case "countTokens" -> COUNTED;
            case "countResponseTokens" -> COUNTED_BY_OPENAI;
            default -> "acme/good";
        };
    }

    private HttpResponse<byte[]> absent(Operation operation) throws Exception {
        var path = operation.path().replaceAll("\\{[^}]*}", "nothing");
        return calls.call(operation, path, rig.key.whole(), EdgeCalls.body("acme/nothing"));
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
        if (path.contains("/input_tokens")) {
            return json("{\"object\":\"response.input_tokens\",\"input_tokens\":3}");
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
}
