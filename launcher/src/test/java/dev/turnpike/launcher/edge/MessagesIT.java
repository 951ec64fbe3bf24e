package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.UsageSource;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Anthropic's API at the edge, to targets of both kinds, and its targets behind OpenAI's routes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MessagesIT {
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    /** What the scripted provider reports: 8 input tokens, 3 read from and 2 written to a cache. */
    private static final int PROMPT = 13;

    private EdgeRig rig;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException {
        rig = new EdgeRig(directory, Map.of());
        rig.endpoint("acme/endless", List.of(anthropic("endless", "/v1")));
        rig.endpoint("acme/reset-midstream", List.of(anthropic("overloaded-midstream", "")));
        // Last, because it is waited for.
        rig.endpoint("acme/good", List.of(anthropic("claude", "")));
        Eventually.await(
                EdgeRig.PATIENCE,
                "targets of Anthropic",
                () -> message("acme/good", "").body().contains("msg_scripted"));
    }

    private Target anthropic(String model, String base) {
        return new Target(
                Provider.ANTHROPIC,
                null,
                model,
                "http://127.0.0.1:" + rig.upstream.port() + base,
                null,
                null,
                0,
                1,
                EdgeRig.PATIENT,
                Map.of());
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    @Test
    void aMessagePassesUnchangedButForItsModel() {
        var reply = message("acme/good", ",\"unheard_of\": 1.0");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(json(reply).path("model").asText()).isEqualTo("acme/good");
        assertThat(json(reply).path("id").asText()).isEqualTo("msg_scripted");
        assertThat(reply.header("request-id")).isEqualTo(reply.header("x-request-id"));
        var sent = sent();
        assertThat(sent.target()).isEqualTo("/v1/messages?beta=true");
        assertThat(sent.text()).isEqualTo(body("claude", ",\"unheard_of\": 1.0"));
        assertThat(sent.header("anthropic-version")).contains("2026-10-21");
        assertThat(sent.header("anthropic-beta")).contains("a-2026,b-2026");
        assertThat(sent.header("x-api-key")).isEmpty();
        assertThat(sent.header("authorization")).isEmpty();
        assertThat(settled(reply).usage().inputTokens()).isEqualTo(PROMPT);
    }

    /** Some SDKs send a line for each, others one line with all of them. */
    @Test
    void everyBetaGoesOn() throws IOException {
        var body = body("acme/good", "");
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.send(
                    "POST /v1/messages HTTP/1.1\r\nhost: a\r\nanthropic-beta: a-2026\r\nx-api-key: "
                            + rig.key.whole()
                            + "\r\nanthropic-beta: b-2026, c-2026\r\ncontent-length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);
            settled(http.read());
        }
        assertThat(sent().header("anthropic-beta")).contains("a-2026,b-2026, c-2026");
    }

    @Test
    void theLedgerHasCachedInputWithinTheInput() {
        var usage = settled(message("acme/good", "")).usage();

        assertThat(usage.inputTokens()).isEqualTo(PROMPT);
        assertThat(usage.cachedInputTokens()).isEqualTo(3);
        assertThat(usage.cacheWriteTokens()).isEqualTo(2);
        assertThat(usage.outputTokens()).isEqualTo(5);
    }

    @Test
    void aStreamPassesUnchangedButForItsModel() {
        var reply = message("acme/good", ",\"stream\":true");

        assertThat(reply.header("content-type").orElseThrow()).startsWith("text/event-stream");
        assertThat(reply.body()).contains("\"model\":\"acme/good\"").doesNotContain("claude");
        assertThat(reply.body())
                .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        var settlement = settled(reply);
        assertThat(settlement.usageSource()).isEqualTo(UsageSource.PROVIDER);
        assertThat(settlement.usage().inputTokens()).isEqualTo(PROMPT);
        assertThat(settlement.usage().outputTokens()).isEqualTo(5);
    }

    @Test
    void aTargetOfOpenAiAnswersMessages() {
        var reply = message("acme/no-usage", ",\"stream\":true");

        assertThat(reply.body()).contains("event: message_start", "event: message_stop");
        assertThat(reply.body()).contains("\"text\":\"Hello\"").doesNotContain("[DONE]");
        assertThat(sent().target()).isEqualTo("/v1/chat/completions");
        assertThat(settled(reply).usageSource()).isEqualTo(UsageSource.ESTIMATED);
    }

    @Test
    void aTargetOfAnthropicAnswersChats() {
        var reply = chat("acme/good");

        assertThat(json(reply).at("/choices/0/message/content").asText())
                .isEqualTo("Hello from the scripted upstream");
        assertThat(json(reply).at("/usage/prompt_tokens").asInt()).isEqualTo(PROMPT);
        assertThat(reply.header("x-turnpike-ignored")).contains("seed");
        assertThat(sent().target()).isEqualTo("/v1/messages");
        assertThat(sent().header("anthropic-version")).contains("2023-06-01");
        assertThat(settled(reply).usage().inputTokens()).isEqualTo(PROMPT);
    }

    @Test
    void aTargetOfAnthropicAnswersResponsesAndCompletions() {
        var auth = Map.of("authorization", "Bearer " + rig.key.whole());
        var body = "{\"model\":\"acme/good\",\"%s\":\"hello\"%s}";
        var asked = ",\"tools\":[{\"type\":\"web_search\"}],\"instructions\":\"be kind\"";
        var response = post("/v1/responses", auth, body.formatted("input", asked));
        var events = post("/v1/responses", auth, body.formatted("input", ",\"stream\":true"));
        var text = post("/v1/completions", auth, body.formatted("prompt", ""));
        var stored = post("/v1/responses", auth, body.formatted("input", ",\"store\":true"));

        assertThat(json(response).at("/output/0/content/0/text").asText())
                .isEqualTo("Hello from the scripted upstream");
        assertThat(json(response).at("/usage/input_tokens").asInt()).isEqualTo(PROMPT);
        assertThat(json(response).path("instructions").asText()).isEqualTo("be kind");
        assertThat(response.header("x-turnpike-ignored")).contains("tools.0");
        assertThat(events.body()).contains("event: response.created", "event: response.completed");
        assertThat(json(text).at("/choices/0/text").asText())
                .isEqualTo("Hello from the scripted upstream");
        for (var reply : List.of(response, events, text)) {
            assertThat(settled(reply).usage().inputTokens()).isEqualTo(PROMPT);
            assertThat(settled(reply).usageSource()).isEqualTo(UsageSource.PROVIDER);
        }
        assertThat(stored.status()).isEqualTo(400);
        assertThat(json(stored).at("/error/param").asText()).isEqualTo("store");
    }

    @Test
    void aProviderThatIsOverloadedMidStreamEndsTheStreamWithAnError() {
        var reply = message("acme/reset-midstream", ",\"stream\":true");

        assertThat(reply.body()).contains("event: error", "\"overloaded_error\"");
        var settlement = settled(reply);
        assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(settlement.usage().inputTokens()).isEqualTo(PROMPT);
        assertThat(settlement.usage().outputTokens()).isZero();
    }

    @Test
    void aClientThatLeavesPaysForThePromptAsCountedAndForWhatWasGenerated() throws IOException {
        Reply left;
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/messages", headers(), body("acme/endless", ",\"stream\":true"));
            left = http.readHead();
            for (int i = 0; i < 8; i++) {
                http.readPart();
            }
            http.abort();
        }

        Eventually.await(
                EdgeRig.PATIENCE,
                "upstream cancelled",
                () -> rig.upstream.ledger().requests().getLast().played().isPresent());
        var settlement = settled(left);
        assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(settlement.usage().inputTokens()).isEqualTo(PROMPT);
        assertThat(settlement.usage().outputTokens()).isGreaterThan(1);
    }

    @Test
    void refusalsSpeakAnthropicsLanguage() {
        var unknown = message("acme/absent", "");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(json(unknown).path("type").asText()).isEqualTo("error");
        assertThat(json(unknown).at("/error/type").asText()).isEqualTo("not_found_error");
        assertThat(json(unknown).at("/error/details/decision").asText()).isNotEmpty();
        assertThat(unknown.header("request-id"))
                .contains(json(unknown).path("request_id").asText());

        var headers = new HashMap<>(headers());
        headers.put("x-api-key", rig.key.whole() + "x");
        var wrong = post("/v1/messages", headers, body("acme/good", ""));
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(json(wrong).at("/error/type").asText()).isEqualTo("authentication_error");

        var query = post("/v1/messages?a=[b]", headers(), body("acme/good", ""));
        assertThat(query.status()).isEqualTo(400);

        var bad = post("/messages", headers(), "{\"model\":\"acme/good\"," + HELLO + "}");
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.body())
                .contains(
                        "max_tokens",
                        "\"invalid_request_error\"",
                        "\"error_code\":\"missing_required_parameter\"");
    }

    /** Whoever refuses: the server, a filter, a route or a stage of the pipeline. */
    @Test
    void everyRefusalHasTheEnvelopeOfItsPath() throws IOException {
        var good = body("acme/good", "");
        var none = new HashMap<>(headers());
        none.remove("x-api-key");
        for (var path : List.of("/v1/messages", "/messages", "/openai/v1/messages/count_tokens")) {
            assertThat(messages(post(path, none, good), 401)).isEqualTo("authentication_error");
            assertThat(messages(post(path, headers(), "{"), 400))
                    .isEqualTo("invalid_request_error");
            assertThat(messages(post(path, headers(), body("acme/absent", "")), 404))
                    .isEqualTo("not_found_error");
            assertThat(messages(post(path + "/nothing", headers(), good), 404))
                    .isEqualTo("not_found_error");
            assertThat(messages(tooLong(path), 413)).isEqualTo("request_too_large");
        }
        var azure = "/openai/deployments/acme/absent/chat/completions?api-version=1";
        assertThat(openAi(post(azure, none, good), 401)).isEqualTo("invalid_api_key");
        assertThat(openAi(post(azure, headers(), good), 404)).isEqualTo("model_not_found");
        assertThat(openAi(post("/openai/deployments/x/y", headers(), good), 404))
                .isEqualTo("unknown_url");
        assertThat(openAi(tooLong(azure), 413)).isEqualTo("request_too_large");
        var plain = new HashMap<>(headers());
        plain.remove("anthropic-version");
        assertThat(openAi(post("/v1/messagesx", plain, good), 404)).isEqualTo("unknown_url");
        assertThat(messages(post("/v1/messagesx", headers(), good), 404))
                .isEqualTo("not_found_error");
    }

    /** JSON and streams, good and bad, of every route that such a client may call. */
    @Test
    void aClientOfAnthropicFindsTheIdOfEveryReplyWhereItLooks() throws IOException {
        var none = Map.of("anthropic-version", "2026-10-21");
        var stream = body("acme/no-usage", ",\"stream\":true");
        var replies =
                List.of(
                        post("/v1/chat/completions", headers(), body("acme/no-usage", "")),
                        post("/v1/chat/completions", headers(), stream),
                        post("/v1/messages", headers(), stream),
                        post("/v1/embeddings", headers(), "{"),
                        get("/v1/models", headers()),
                        get("/v1/models/acme/good", headers()),
                        get("/v1/models/acme/absent", headers()),
                        get("/v1/models", none),
                        get("/v1/nothing", headers()),
                        get("/v1/messages", headers()),
                        get("/v1/responses/absent", headers()));

        assertThat(replies)
                .allSatisfy(reply ->
                        assertThat(reply.header("request-id"))
                                .isPresent()
                                .isEqualTo(reply.header("x-request-id")));
        assertThat(replies)
                .extracting(Reply::status)
                .containsExactly(200, 200, 200, 400, 200, 200, 404, 401, 404, 405, 404);
        assertThat(messages(replies.get(6), 404)).isEqualTo("not_found_error");
        assertThat(messages(replies.get(7), 401)).isEqualTo("authentication_error");
        var others = Map.of("x-api-key", rig.key.whole());
        assertThat(get("/v1/models", others).header("request-id")).isEmpty();
    }

    private Reply get(String path, Map<String, String> headers) throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            return http.request("GET", path, headers, "").read();
        }
    }

    private Reply tooLong(String path) throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.send(
                    "POST "
                            + path
                            + " HTTP/1.1\r\nhost: x\r\nx-api-key: "
                            + rig.key.whole()
                            + "\r\ncontent-length: 100000000\r\n\r\n");
            return http.read();
        }
    }

    /** The type of an error that is in Anthropic's shape and no other. */
    private static String messages(Reply reply, int status) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(json(reply).path("type").asText()).isEqualTo("error");
        assertThat(json(reply).at("/error/code").isMissingNode()).isTrue();
        assertThat(reply.header("request-id")).contains(json(reply).path("request_id").asText());
        return json(reply).at("/error/type").asText();
    }

    /** The code of an error that is in OpenAI's shape and no other. */
    private static String openAi(Reply reply, int status) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(json(reply).path("type").isMissingNode()).isTrue();
        return json(reply).at("/error/code").asText();
    }

    @Test
    void limitsAreToldInBothWays() {
        rig.group(List.of(new Limit(LimitType.REQUEST, LimitUnit.MINUTE, 1_000)));
        var reply =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "limit in force",
                        () -> message("acme/good", ""),
                        each -> each.header("anthropic-ratelimit-requests-limit").isPresent());
        rig.group(List.of(new Limit(LimitType.REQUEST, LimitUnit.MINUTE, 0)));
        var spent =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "nothing is left",
                        () -> message("acme/good", ""),
                        each -> each.status() != 200);
        rig.group(List.of());
        assertThat(messages(spent, 429)).isEqualTo("rate_limit_error");
        Eventually.await(
                EdgeRig.PATIENCE, "limit lifted", () -> message("acme/good", "").status() == 200);

        assertThat(reply.header("anthropic-ratelimit-requests-limit")).contains("1000");
        assertThat(reply.header("x-ratelimit-limit-requests")).contains("1000");
        assertThat(reply.header("anthropic-ratelimit-requests-reset").orElseThrow())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }

    @Test
    void tokensAreCountedByWhoCanAndElseEstimated() {
        var path = "/v1/messages/count_tokens";
        var counted = post(path, headers(), "{\"model\":\"acme/good\"," + HELLO + "}");
        assertThat(json(counted).path("input_tokens").asInt()).isEqualTo(PROMPT);
        assertThat(sent().target()).isEqualTo(path);
        assertThat(sent().json().path("model").asText()).isEqualTo("claude");

        var estimated = post(path, headers(), "{\"model\":\"acme/no-usage\"," + HELLO + "}");
        assertThat(json(estimated).path("input_tokens").asInt()).isBetween(3, 20);
    }

    @Test
    void modelsAreListedInTheClientsOwnShape() throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            var list = json(http.request("GET", "/v1/models", headers(), "").read());
            assertThat(list.path("has_more").asBoolean(true)).isFalse();
            assertThat(list.at("/data/0/type").asText()).isEqualTo("model");
            assertThat(list.at("/data/0/display_name").asText()).isEqualTo("acme/good");
        }
    }

    private Reply message(String model, String more) {
        return post("/v1/messages?beta=true", headers(), body(model, more));
    }

    private Reply chat(String model) {
        return post(
                "/v1/chat/completions",
                Map.of("authorization", "Bearer " + rig.key.whole()),
                "{\"model\":\"%s\",%s,\"seed\":1}".formatted(model, HELLO));
    }

    private static String body(String model, String more) {
        return "{\"model\":\"%s\",\"max_tokens\":64,%s%s}".formatted(model, HELLO, more);
    }

    private Map<String, String> headers() {
        return Map.of(
                "x-api-key",
                rig.key.whole(),
                "anthropic-version",
                "2026-10-21",
                "anthropic-beta",
                "a-2026,b-2026");
    }

    private Reply post(String path, Map<String, String> headers, String body) {
        try (var http = TestHttp.connect(rig.edge.port())) {
            return http.postJson(path, headers, body).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ReceivedRequest sent() {
        return rig.upstream.ledger().requests().getLast().request();
    }

    /** How the request that was answered so is settled on the topic. */
    private Settlement settled(Reply reply) {
        var id = reply.header("x-request-id").orElseThrow();
        return Eventually.await(
                        EdgeRig.PATIENCE,
                        "settled " + id,
                        () ->
                                rig.awaitTerminals(0).stream()
                                        .filter(fact -> fact instanceof Settled)
                                        .map(Settled.class::cast)
                                        .filter(f -> f.call().requestId().value().equals(id))
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow()
                .settlement();
    }

    private static JsonNode json(Reply reply) {
        return Json.parse(reply.body().getBytes(StandardCharsets.UTF_8));
    }
}
