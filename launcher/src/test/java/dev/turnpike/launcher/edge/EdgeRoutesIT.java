package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.usage.ClientTrace;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.UpstreamAttempt;
import dev.turnpike.schemas.usage.UsageSource;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.Played.Ending;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step;
import dev.turnpike.testkit.http.Step.SendSse;
import dev.turnpike.testkit.http.Step.Status;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import dev.turnpike.testkit.upstream.ChatScripts;
import dev.turnpike.testkit.upstream.QuirkScripts;
import dev.turnpike.testkit.upstream.Usage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The routes beyond chat, the ways to say who calls, and what happens when targets fail. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EdgeRoutesIT {
    private static final String SLUG = "acme/good";
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");
    private static final String MESSAGE =
            "{\"model\":\"acme/good\",\"max_tokens\":9,"
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]%s}";
    private static final Map<String, String> EVENTS = Map.of("content-type", "text/event-stream");
    private static final String CHAT =
            "{\"model\":\"acme/good\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]%s}";

    /** Much shorter than the target may be silent; a second, when nothing else is to be done. */
    private static final Duration NOTICED_MAX = Duration.ofSeconds(10);

    /** Half of the time after which a client that has left would fail to hear from us. */
    private static final Duration BEFORE_KEEP_ALIVE = Duration.ofSeconds(5);

    private EdgeRig rig;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException, IOException {
        rig = new EdgeRig(directory, Map.of());
        rig.endpoint(
                "acme/two",
                List.of(rig.target("error-503", 0, null), rig.target("second", 1, null)));
        rig.endpoint(
                "acme/busy", List.of(rig.target("first", 0, null), rig.target("second", 1, null)));
        rig.endpoint("acme/drained", List.of(rig.drained("drained")));
        rig.endpoint(
                "acme/charged",
                "UNRESTRICTED",
                List.of(rig.hasty(Provider.OPENAI_COMPATIBLE, "charged")),
                FailureCharge.PROMPT_ONLY);
        rig.endpoint(
                "acme/terse",
                "UNRESTRICTED",
                List.of(rig.target("terse", 0, null)),
                FailureCharge.BY_STAGE,
                ErrorDetail.GENERIC);
        rig.endpoint("acme/eu", "EU", List.of(rig.target("good", 0, "US")));
        Eventually.await(EdgeRig.PATIENCE, "endpoints published", () -> published("acme/eu"));
    }

    private boolean published(String slug) {
        try {
            return get("/v1/models/" + slug, auth()).status() == 200;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    @AfterEach
    void theUpstreamForgetsItsOrders() {
        rig.upstream.answer(request -> Script.status(500));
    }

    @Test
    void aLegacyCompletionIsAnsweredAndMetered() throws IOException {
        json(
                "{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1,\"model\":\"up\","
                        + "\"choices\":[{\"index\":0,\"text\":\"x\",\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}");

        var reply = post("/v1/completions", "{\"model\":\"acme/good\",\"prompt\":\"a b c\"}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(upstream().target()).isEqualTo("/v1/completions");
        var settled = settled(reply);
        assertThat(settled.call().operation()).isEqualTo("text_completion");
        assertThat(settled.settlement().usage().outputTokens()).isEqualTo(2);
    }

    @Test
    void vectorsComeInBase64AlsoFromAnUpstreamThatDoesNotKnowIt() throws IOException {
        json(
                "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                        + "\"embedding\":[1.0,-2.5]}],\"model\":\"up\","
                        + "\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}");

        var reply =
                post(
                        "/v1/embeddings/",
                        "{\"model\":\"acme/good\",\"input\":[[1,2],[3]],"
                                + "\"encoding_format\":\"base64\"}");

        assertThat(tree(reply).at("/data/0/embedding").asText()).isEqualTo("AACAPwAAIMA=");
        var usage = settled(reply).settlement().usage();
        assertThat(usage.inputTokens()).isEqualTo(4);
        assertThat(usage.outputTokens()).isZero();
    }

    @Test
    void aLongAnswerComesWholeAndWithItsLength() throws IOException {
        var text = "y".repeat(3 << 20); // Sent in pieces.
        json("{\"id\":\"modr-1\",\"model\":\"up\",\"results\":[\"" + text + "\"]}");

        var reply = post("/moderations", "{\"model\":\"acme/good\",\"input\":\"hello\"}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-length")).contains("" + reply.body().length());
        assertThat(tree(reply).at("/results/0").asText()).isEqualTo(text);
        assertThat(post("/moderations", "{\"model\":\"acme/good\",\"input\":\"hello\"}").status())
                .isEqualTo(200);
    }

    @Test
    void whatHasNoTokensIsRecordedWithoutAny() throws IOException {
        json("{\"id\":\"modr-1\",\"model\":\"up\",\"results\":[{\"flagged\":false}]}");

        var reply = post("/moderations", "{\"model\":\"acme/good\",\"input\":\"hello\"}");

        assertThat(tree(reply).at("/model").asText()).isEqualTo(SLUG);
        var settlement = settled(reply).settlement();
        assertThat(settlement.usageSource()).isEqualTo(UsageSource.MISSING);
        assertThat(settlement.usage().total()).isZero();
    }

    @Test
    void speechPassesByteForByte() throws IOException {
        var sound = "\u0001\u0002 no JSON \u0003";
        rig.upstream.answer(
                request -> Script.answer("mp3", 200, Map.of("content-type", "audio/mpeg"), sound));

        var reply =
                post(
                        "/v1/audio/speech",
                        "{\"model\":\"acme/good\",\"input\":\"say\",\"voice\":\"v\"}");

        assertThat(reply.header("content-type")).contains("audio/mpeg");
        assertThat(reply.body()).isEqualTo(sound);
        assertThat(settled(reply).settlement().outcome()).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aTranscriptIsAskedForWithTheTargetsModelAndTheFileAsItCame() throws IOException {
        json("{\"text\":\"hello\"}");
        var body =
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
                        + "Content-Type: audio/wav\r\n\r\nRIFF\r\n--x\r\n"
                        + "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n"
                        + "acme/good\r\n--b--\r\n";

        var reply =
                request(
                        "POST",
                        "/v1/audio/transcriptions",
                        with("content-type", "multipart/form-data; boundary=b"),
                        body);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(upstream().text()).isEqualTo(body.replace("acme/good", "good"));
    }

    @Test
    void theModelMayStandInTheUrlAsAzureHasIt() throws IOException {
        for (var slug : List.of("acme/good", "acme%2Fgood")) {
            json("{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}");

            var reply =
                    request(
                            "POST",
                            "/openai/deployments/" + slug + "/chat/completions?api-version=1",
                            Map.of("api-key", rig.key.whole(), "content-type", "application/json"),
                            "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");

            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            assertThat(upstream().json().at("/model").asText()).isEqualTo("good");
            assertThat(upstream().header("api-key")).isEmpty();
            assertThat(settled(reply).call().modelSlug()).isEqualTo(SLUG);
        }
    }

    @Test
    void modelsAreListedForWhoMayUseThemOnEveryPath() throws IOException {
        var paths =
                List.of(
                        "/v1/models",
                        "/models",
                        "/v1/models/",
                        "/openai/v1/models",
                        "/openai/models?api-version=1");
        for (var path : paths) {
            assertThat(tree(get(path, auth())).at("/object").asText()).isEqualTo("list");
        }
        for (var path : List.of("/v1/models/acme/good", "/v1/models/acme%2Fgood")) {
            assertThat(tree(get(path, auth())).at("/id").asText()).isEqualTo(SLUG);
        }
        assertThat(get("/v1/models/acme/none", auth()).status()).isEqualTo(404);
        for (var path : List.of("/v1/models", "/v1/models/")) {
            try (var http = TestHttp.connect(rig.edge.port())) {
                http.send(
                        "HEAD "
                                + path
                                + " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
                                + rig.key.whole()
                                + "\r\n\r\n");
                assertThat(http.readHead().status()).as(path).isEqualTo(200);
            }
        }
    }

    @Test
    void azuresClientsMakeResponsesWithoutADeploymentInTheUrl() throws IOException {
        rig.upstream.answer(EdgeRoutesIT::responses);
        var headers = Map.of("api-key", rig.key.whole(), "content-type", "application/json");

        var reply =
                request(
                        "POST",
                        "/openai/responses?api-version=2025-04-01-preview",
                        headers,
                        "{\"model\":\"acme/good\",\"input\":\"hi\"}");

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(upstream().target()).isEqualTo("/v1/responses");
        var id = tree(reply).at("/id").asText();
        assertThat(get("/openai/responses/" + id, auth()).status()).isEqualTo(200);
    }

    @Test
    void modelsHaveAllThatAnthropicsClientsDemand() throws IOException {
        var headers = with("anthropic-version", "2023-06-01");
        var listed = tree(get("/v1/models", headers)).at("/data/0");
        var one = tree(get("/v1/models/acme/good", headers));

        for (var model : List.of(listed, one)) {
            assertThat(model.at("/type").asText()).isEqualTo("model");
            assertThat(model.at("/lifecycle").asText()).isEqualTo("active");
            for (var unknown : List.of("line", "capabilities", "max_tokens", "retires_at")) {
                assertThat(model.has(unknown)).as(unknown).isTrue();
                assertThat(model.get(unknown).isNull()).as(unknown).isTrue();
            }
        }
    }

    @Test
    void aTargetWithoutTheRouteIsNamedNotTriedAgainAndKeepsItsOtherRoutes() throws IOException {
        var body = "{\"model\":\"acme/good\",\"query\":\"q\",\"documents\":[\"d\"]}";
        for (int status : new int[] {404, 405, 501, 501, 501, 501, 501, 501}) {
            rig.upstream.answer(request -> Script.status(status));
            var reply = post("/v1/rerank", body);

            assertThat(reply.status()).isEqualTo(502);
            assertThat(reply.header("x-should-retry")).contains("false");
            assertThat(reply.header("retry-after")).isEmpty();
            assertThat(tree(reply).at("/error/code").asText()).isEqualTo("upstream_error");
            assertThat(tree(reply).at("/error/message").asText()).contains("on this route");
            assertThat(settled(reply).settlement().charged()).isFalse();
        }
        rig.upstream.answer(request -> good());
        assertThat(post("/v1/chat/completions", CHAT.formatted("")).status()).isEqualTo(200);

        rig.upstream.answer(request -> Script.status(401));
        var refused = post("/v1/chat/completions", CHAT.formatted(""));
        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.header("x-should-retry")).contains("false");
    }

    @Test
    void whatIsNoRouteIsToldInTheOneShape() throws IOException {
        var unknown = get("/v1/nothing", auth());
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(tree(unknown).at("/error/code").asText()).isEqualTo("unknown_url");

        var method = get("/v1/chat/completions", auth());
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.header("allow")).contains("POST");

        var deployment = request("POST", "/openai/deployments/acme/good/x", auth(), "{}");
        assertThat(deployment.status()).isEqualTo(404);
        var messages = get("/v1/messages/x", auth());
        assertThat(tree(messages).at("/type").asText()).isEqualTo("error");
    }

    @Test
    void aBrowserMayAskFromAnyPage() throws IOException {
        var headers =
                Map.of(
                        "origin",
                        "https://page.example",
                        "access-control-request-method",
                        "POST",
                        "access-control-request-headers",
                        "authorization,x-stainless-os");
        var preflight = request("OPTIONS", "/v1/chat/completions", headers, "");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("access-control-allow-origin")).contains("*");
        assertThat(preflight.header("access-control-allow-headers"))
                .contains("authorization,x-stainless-os");

        var refused = get("/v1/models", Map.of("origin", "https://page.example"));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("access-control-allow-origin")).contains("*");
    }

    @Test
    void everyFormOfAKeyIsTakenAndTwoDifferentKeysAreNot() throws IOException {
        var other = ApiKeyText.generate("tp", new SecureRandom());
        rig.write(rig.key(other));
        Eventually.await(EdgeRig.PATIENCE, "second key known", () -> known(other));
        var key = rig.key.whole();
        var taken =
                List.of(
                        Map.of("authorization", "Bearer " + key),
                        Map.of("authorization", "bearer   " + key),
                        Map.of("authorization", "Api-Key " + key),
                        Map.of("x-api-key", key),
                        Map.of("api-key", key),
                        Map.of("authorization", "Bearer " + key, "x-api-key", key, "api-key", key),
                        Map.of("authorization", "Bearer " + key, "x-api-key", "placeholder"),
                        Map.of("authorization", "Basic eHg6eXk=", "x-api-key", key));
        for (var headers : taken) {
            assertThat(get("/v1/models", headers).status()).as("%s", headers).isEqualTo(200);
        }
        var refused =
                List.of(
                        Map.of("authorization", "Bearer My API Key"),
                        Map.of("authorization", "Basic eHg6eXk="),
                        Map.<String, String>of(),
                        Map.of("authorization", "Bearer " + key, "x-api-key", other.whole()));
        for (var headers : refused) {
            assertThat(get("/v1/models", headers).status()).as("%s", headers).isEqualTo(401);
        }
    }

    private boolean known(ApiKeyText key) {
        try {
            return get("/v1/models", Map.of("x-api-key", key.whole())).status() == 200;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aStreamedResponseIsMeteredByItsLastEventAndCanBeContinuedAndRead() throws IOException {
        rig.upstream.answer(EdgeRoutesIT::responses);

        var stream =
                post("/v1/responses", "{\"model\":\"acme/good\",\"input\":\"hi\",\"stream\":true}");

        assertThat(stream.body()).contains("event: response.completed").doesNotContain("resp_up");
        assertThat(stream.body()).contains("\"model\":\"acme/good\"");
        assertThat(upstream().json().has("stream_options")).isFalse();
        var settlement = settled(stream).settlement();
        assertThat(settlement.usageSource()).isEqualTo(UsageSource.PROVIDER);
        assertThat(settlement.usage().inputTokens()).isEqualTo(7);
        assertThat(settlement.usage().outputTokens()).isEqualTo(3);

        var first = stream.sseData().getFirst();
        var id = Json.parse(first.getBytes(StandardCharsets.UTF_8)).at("/response/id").asText();
        var next =
                post(
                        "/v1/responses",
                        "{\"model\":\"acme/good\",\"input\":\"more\",\"previous_response_id\":\""
                                + id
                                + "\"}");
        assertThat(next.status()).as(next.body()).isEqualTo(200);
        assertThat(upstream().json().at("/previous_response_id").asText()).isEqualTo("resp_up");
        assertThat(tree(next).at("/previous_response_id").asText()).isEqualTo(id);

        var read = get("/v1/responses/" + id, auth());
        assertThat(read.status()).as(read.body()).isEqualTo(200);
        assertThat(upstream().target()).isEqualTo("/v1/responses/resp_up");
        assertThat(tree(read).at("/id").asText()).isEqualTo(id);

        var slashed = get("/v1/responses/" + id + "/", auth());
        assertThat(tree(slashed).at("/id").asText()).isEqualTo(id);
        var cancelled = request("POST", "/responses/" + id + "/cancel/", auth(), "");
        assertThat(cancelled.status()).as(cancelled.body()).isEqualTo(200);
        assertThat(upstream().target()).isEqualTo("/v1/responses/resp_up/cancel");
        get("/v1/responses/" + id + "/input_items/?limit=2", auth());
        assertThat(upstream().target()).isEqualTo("/v1/responses/resp_up/input_items?limit=2");

        var again = get("/v1/responses/" + id + "?stream=true&starting_after=0", auth());
        assertThat(again.status()).isEqualTo(200);
        assertThat(upstream().target())
                .isEqualTo("/v1/responses/resp_up?stream=true&starting_after=0");
        assertThat(upstream().header("accept")).contains("text/event-stream");
        assertThat(again.header("content-type").orElseThrow()).startsWith("text/event-stream");
        assertThat(again.body().replace("event: response.created", ""))
                .contains("\"id\":\"" + id + "\"", "\"model\":\"acme/good\"", "\"delta\":\"hi\"")
                .contains("event: response.completed")
                .doesNotContain("resp_up");

        assertThat(get("/v1/responses/resp_up", auth()).status()).isEqualTo(404);
        var stranger =
                post(
                        "/v1/responses",
                        "{\"model\":\"acme/good\",\"input\":\"x\",\"previous_response_id\":\"resp_up\"}");
        assertThat(stranger.status()).isEqualTo(400);
        assertThat(tree(stranger).at("/error/code").asText())
                .isEqualTo("previous_response_not_found");
        settled(post("/v1/responses", "{\"model\":\"acme/good\",\"input\":\"last\"}"));
        var charged = again.header("x-request-id").orElseThrow();
        assertThat(rig.awaitTerminals(0))
                .noneMatch(fact -> fact.call().requestId().value().equals(charged));
    }

    @Test
    void aClientThatLeavesAStoredStreamWhileItIsSilentIsNoticedSoon() throws IOException {
        rig.upstream.answer(EdgeRoutesIT::responses);
        var id =
                tree(post("/v1/responses", "{\"model\":\"acme/good\",\"input\":\"hi\"}")).at("/id");
        var head = Map.of("content-type", "text/event-stream");
        var event =
                "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{}}\n\n";
        rig.upstream.answer(request ->
                Script.of(
                        "silent",
                        new Status(200, head),
                        new Step.Send(event.getBytes(StandardCharsets.UTF_8), 0),
                        new Step.Hang()));
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.request("GET", "/v1/responses/" + id.asText() + "?stream=true", auth(), "");
            http.readHead();
            var shown = new StringBuilder();
            while (shown.indexOf("\n\n") < 0) {
                shown.append(http.readPart().orElseThrow().text());
            }
            assertThat(shown.toString()).contains("\"id\":\"" + id.asText() + "\"");
            http.abort();
        }
        Eventually.await(
                NOTICED_MAX,
                "upstream cancelled",
                () -> rig.upstream.ledger().requests().getLast().endedBy(Ending.PEER_CLOSED));
    }

    @Test
    void whatATargetRefusesOfATranslationIsLeftOutAndRemembered() throws IOException {
        rig.upstream.answer(request ->
                request.json().has("reasoning_effort")
                        ? refusal("`reasoning_effort` is not supported with this model")
                        : request.json().has("user")
                                ? refusal("property 'user' is unsupported")
                                : good());
        var body =
                MESSAGE.formatted(
                        ",\"top_k\":3,\"metadata\":{\"user_id\":\"u\"},"
                                + "\"thinking\":{\"type\":\"adaptive\"}");

        var first = post("/v1/messages", body);
        var second = post("/v1/messages", body);
        var third = post("/v1/messages", body);

        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.header("x-turnpike-ignored")).contains("thinking, metadata.user_id");
        assertThat(settled(first).settlement().attempts())
                .extracting(UpstreamAttempt::status)
                .containsExactly(400, 400, 200);
        assertThat(settled(first).settlement().usage().inputTokens()).isEqualTo(1);
        // One at a time: of what goes with others it is not known whether it was refused.
        assertThat(settled(second).settlement().attempts()).hasSize(2);
        assertThat(settled(third).settlement().attempts()).hasSize(1);
        assertThat(upstream().json().path("top_k").asInt()).isEqualTo(3);
    }

    @Test
    void oneClientsStreamOptionsDoNotCostOthersTheirCount() throws IOException {
        rig.upstream.answer(request ->
                request.json().at("/stream_options").has("include_obfuscation")
                        ? refusal("Unknown parameter: 'stream_options.include_obfuscation'")
                        : QuirkScripts.stream("quirk-none").orElseThrow());
        var own =
                CHAT.formatted(
                        ",\"stream\":true,\"stream_options\":{\"include_usage\":true,"
                                + "\"include_obfuscation\":\"x\"}");

        var odd = post("/v1/chat/completions", own);
        var other = post("/v1/chat/completions", CHAT.formatted(",\"stream\":true"));

        assertThat(settled(odd).settlement().attempts())
                .extracting(UpstreamAttempt::status)
                .containsExactly(400, 200);
        assertThat(odd.header("x-turnpike-ignored")).contains("stream_options");
        for (var reply : List.of(odd, other)) {
            assertThat(settled(reply).settlement().usageSource()).isEqualTo(UsageSource.PROVIDER);
        }
        assertThat(upstream().json().at("/stream_options/include_usage").asBoolean()).isTrue();
    }

    @Test
    void whatAProviderQuotesOfAPromptSwitchesNothingOff() throws IOException {
        rig.upstream.answer(request ->
                request.text().contains("quote me")
                        ? refusal("quote me: 'top_k' and stream_options")
                        : good());
        var streamed = ",\"stream\":true,\"top_k\":3";

        var refused = post("/v1/messages", MESSAGE.formatted(streamed).replace("hi", "quote me"));
        post("/v1/messages", MESSAGE.formatted(streamed));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(settled(refused).settlement().charged()).isFalse();
        assertThat(upstream().json().has("stream_options")).isTrue();
        assertThat(upstream().json().has("top_k")).isTrue();
    }

    private static Script refusal(String message) {
        return Script.answer(
                "refusal",
                400,
                JSON,
                "{\"error\":{\"message\":\"" + message + "\",\"code\":null}}");
    }

    @Test
    void whatAnAnswerDoesNotSayOfItselfIsFilledIn() throws IOException {
        json(
                "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"x\"},"
                        + "\"finish_reason\":\"stop\"}],\"id\":null}");

        var reply = post("/v1/chat/completions", CHAT.formatted(""));

        assertThat(tree(reply).at("/id").asText())
                .isEqualTo("chatcmpl-" + reply.header("x-request-id").orElseThrow());
        assertThat(tree(reply).at("/object").asText()).isEqualTo("chat.completion");
        assertThat(tree(reply).at("/created").asLong()).isGreaterThan(1_600_000_000L);
        assertThat(tree(reply).at("/model").asText()).isEqualTo(SLUG);
    }

    @Test
    void tokensAreEstimatedWhereTheTargetCannotCountAndItDoesNotSeeMetadata() throws IOException {
        var target =
                new Target(
                        Provider.OPENAI,
                        null,
                        "counted",
                        rig.upstream.baseUrl(),
                        null,
                        null,
                        0,
                        1,
                        Timeouts.DEFAULT,
                        Map.of());
        rig.endpoint("acme/counted", List.of(target));
        Eventually.await(EdgeRig.PATIENCE, "endpoint published", () -> published("acme/counted"));
        var body =
                "{\"model\":\"acme/counted\",\"input\":\"hello there\",\"metadata\":{\"a\":\"b\"}}";
        json("{\"object\":\"response.input_tokens\",\"input_tokens\":77}");

        var counted = post("/v1/responses/input_tokens", body);

        assertThat(tree(counted).at("/input_tokens").asInt()).isEqualTo(77);
        assertThat(upstream().json().at("/model").asText()).isEqualTo("counted");
        assertThat(upstream().json().has("metadata")).isFalse();
        for (int status : new int[] {404, 405, 501}) {
            rig.upstream.answer(request -> Script.status(status));
            var estimated = post("/v1/responses/input_tokens", body);
            assertThat(estimated.status()).as(estimated.body()).isEqualTo(200);
            assertThat(tree(estimated).at("/input_tokens").asInt()).isBetween(1, 20);
        }
    }

    private static Script responses(ReceivedRequest request) {
        var response =
                "{\"id\":\"resp_up\",\"object\":\"response\",\"model\":\"up\",\"error\":null,"
                        + "\"status\":\"%s\",\"output\":[],\"previous_response_id\":%s%s}";
        var usage = ",\"usage\":{\"input_tokens\":7,\"output_tokens\":3,\"total_tokens\":10}";
        boolean again = request.target().endsWith("?stream=true&starting_after=0");
        if (!again && !request.json().path("stream").asBoolean()) {
            return Script.answer(
                    "response", 200, JSON, response.formatted("completed", "\"resp_up\"", usage));
        }
        var events =
                "event: response.created\ndata: {\"type\":\"response.created\",\"response\":"
                        + response.formatted("in_progress", "null", "")
                        + ",\"sequence_number\":0}\n\n"
                        + "event: response.output_text.delta\ndata: {\"type\":"
                        + "\"response.output_text.delta\",\"delta\":\"hi\",\"sequence_number\":1}\n\n"
                        + "event: response.completed\ndata: {\"type\":\"response.completed\","
                        + "\"response\":"
                        + response.formatted("completed", "null", usage)
                        + ",\"sequence_number\":2}\n\n";
        return Script.answer(
                "response-stream", 200, Map.of("content-type", "text/event-stream"), events);
    }

    @Test
    void theNextTargetAnswersWhenTheFirstCannot() throws IOException {
        rig.upstream.answer(request ->
                request.header("x-script").orElse("").equals("error-503")
                        ? Script.status(503)
                        : good());

        // All first, because it is left alone for one second only.
        var replies = new ArrayList<Reply>();
        for (int i = 0; i < 6; i++) {
            replies.add(post("/v1/chat/completions", CHAT.formatted("").replace(SLUG, "acme/two")));
        }
        for (int i = 0; i < 6; i++) {
            var reply = replies.get(i);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(tree(reply).at("/model").asText()).isEqualTo("acme/two");
            var attempts = settled(reply).settlement().attempts();
            assertThat(attempts.getLast().targetModel()).isEqualTo("second");
            // Five failures in a row, and the first target is left alone.
            assertThat(attempts).hasSize(i < 5 ? 2 : 1);
        }
    }

    @Test
    void aTargetWhoseStreamsBreakOffIsLeftAloneAndItsStreamsAreNotTriedAgain() throws IOException {
        rig.endpoint(
                "acme/cut",
                List.of(rig.target("reset-midstream", 0, null), rig.target("second", 1, null)));
        Eventually.await(EdgeRig.PATIENCE, "endpoint published", () -> published("acme/cut"));
        var delta = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}";
        var head = new Status(200, Map.of("content-type", "text/event-stream"));
        rig.upstream.answer(request ->
                request.header("x-script").orElse("").equals("second")
                        ? good()
                        : Script.of("cut", head, new SendSse(delta, 1), new Step.Reset()));
        var streamed = CHAT.formatted(",\"stream\":true").replace(SLUG, "acme/cut");

        var replies = new ArrayList<Reply>();
        for (int i = 0; i < 6; i++) {
            replies.add(post("/v1/chat/completions", streamed));
        }
        for (int i = 0; i < 6; i++) {
            var settlement = settled(replies.get(i)).settlement();

            assertThat(settlement.attempts()).hasSize(1);
            assertThat(settlement.attempts().getFirst().targetModel())
                    .isEqualTo(i < 5 ? "reset-midstream" : "second");
        }
    }

    @Test
    void anEndpointMayTellErrorsInOurOwnWordsOnly() throws IOException {
        var failed =
                "{\"type\":\"response.failed\",\"response\":{\"id\":\"r\",\"status\":\"failed\","
                        + "\"error\":{\"code\":\"bad\",\"message\":\"their words\"}}}";
        rig.upstream.answer(request ->
                request.target().endsWith("/responses")
                        ? Script.answer(
                                "failed",
                                200,
                                Map.of("content-type", "text/event-stream"),
                                "event: response.failed\ndata: " + failed + "\n\n")
                        : Script.answer(
                                "refused",
                                400,
                                Map.of("content-type", "application/json"),
                                "{\"error\":{\"message\":\"their words\",\"param\":\"n\","
                                        + "\"code\":\"content_filter\"}}"));
        for (var detailed : List.of(true, false)) {
            var slug = detailed ? SLUG : "acme/terse";
            var whole = post("/v1/chat/completions", CHAT.formatted("").replace(SLUG, slug));
            assertThat(whole.status()).isEqualTo(400);
            assertThat(tree(whole).at("/error/code").asText()).isEqualTo("content_filter");
            var stream =
                    post(
                            "/v1/responses",
                            "{\"model\":\"%s\",\"input\":\"hi\",\"stream\":true}".formatted(slug));
            assertThat(stream.body()).contains("response.failed");
            for (var reply : List.of(whole, stream)) {
                assertThat(reply.body().contains("their words")).as(slug).isEqualTo(detailed);
            }
        }
    }

    @Test
    void aTargetThatAsksToWaitIsLeftAloneAndTheNextOneTaken() throws IOException {
        rig.upstream.answer(request ->
                request.header("x-script").orElse("").equals("first")
                        ? Script.retryAfter(429, Duration.ofMinutes(1))
                        : good());

        for (int i = 0; i < 3; i++) {
            var reply = post("/v1/chat/completions", CHAT.formatted("").replace(SLUG, "acme/busy"));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(settled(reply).settlement().attempts()).hasSize(i == 0 ? 2 : 1);
        }
    }

    @Test
    void aProvidersLimitIsToldWithItsOwnWaitAndNothingElseOfIt() throws IOException {
        rig.upstream.answer(request ->
                Script.answer(
                        "limited",
                        429,
                        Map.of(
                                "retry-after", "7",
                                "x-ratelimit-remaining-requests", "0",
                                "openai-organization", "org-secret",
                                "set-cookie", "a=b"),
                        "{\"error\":{\"message\":\"org-secret is over its limit\"}}"));

        var reply = post("/v1/chat/completions", CHAT.formatted(""));

        assertThat(reply.status()).isEqualTo(429);
        assertThat(tree(reply).at("/error/code").asText()).isEqualTo("upstream_rate_limited");
        assertThat(reply.header("retry-after")).contains("7");
        assertThat(reply.header("retry-after-ms")).contains("7000");
        assertThat(reply.header("x-should-retry")).contains("true");
        assertThat(reply.headers()).doesNotContainKeys("openai-organization", "set-cookie");
        assertThat(reply.body()).doesNotContain("org-secret");
        assertThat(settled(reply).settlement().charged()).isFalse();
    }

    @Test
    void nothingOfAClientsCredentialsReachesAnUpstream() throws IOException {
        rig.upstream.answer(request -> good());
        var headers = new LinkedHashMap<>(with("x-api-key", rig.key.whole()));
        headers.put("api-key", rig.key.whole());
        headers.put("content-type", "application/json");
        headers.put("cookie", "session=" + rig.key.whole());
        headers.put("openai-organization", "org-mine");
        headers.put("x-stainless-lang", "js");
        headers.put("x-forwarded-for", "10.1.2.3");

        var reply = request("POST", "/v1/chat/completions", headers, CHAT.formatted(""));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(upstream().headers().toString()).doesNotContain(rig.key.whole());
        assertThat(upstream().headers())
                .doesNotContainKeys(
                        "authorization",
                        "x-api-key",
                        "api-key",
                        "cookie",
                        "openai-organization",
                        "x-stainless-lang",
                        "x-forwarded-for");
    }

    @Test
    void aReaderThatDoesNotReadHoldsTheUpstreamBack() throws IOException {
        var piece =
                new SendSse(
                        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                                + "x".repeat(64 << 10)
                                + "\"}}]}",
                        1);
        var head = new Status(200, Map.of("content-type", "text/event-stream"));
        rig.upstream.answer(request ->
                new Script(
                        "flood",
                        () ->
                                Stream.concat(
                                                Stream.<Step>of(head),
                                                Stream.<Step>generate(() -> piece))
                                        .iterator()));
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/chat/completions", auth(), CHAT.formatted(",\"stream\":true"));
            http.readHead();
            rig.upstream.answer(request -> Script.hang());
            // Time in which an upstream that is not held back says some gigabytes.
            assertThat(get("/v1/models", auth()).status()).isEqualTo(200);
            var chat = post("/v1/chat/completions", CHAT.formatted("").replace(SLUG, "acme/hang"));
            assertThat(chat.status()).isEqualTo(504);
            http.abort();
        }
        var flood =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "the flood ended",
                        () ->
                                rig.upstream.ledger().requests().stream()
                                        .filter(e -> e.script().equals("flood"))
                                        .filter(e -> e.played().isPresent())
                                        .toList(),
                        ends -> ends.size() == 1);
        assertThat(flood.getFirst().played().orElseThrow().bytes()).isLessThan(32L << 20);
    }

    @Test
    void anEventOfAMegabytePasses() throws IOException {
        rig.upstream.answer(request -> ChatScripts.hugeLine(1 << 20, new Usage(3, 1)));

        var reply = post("/v1/chat/completions", CHAT.formatted(",\"stream\":true"));

        assertThat(reply.sseData().getLast()).isEqualTo("[DONE]");
        assertThat(reply.body()).contains("x".repeat(1 << 20));
    }

    @Test
    void noTargetOutsideTheRegionIsCalled() throws IOException {
        int before = rig.upstream.ledger().requests().size();

        var reply = post("/v1/chat/completions", CHAT.formatted("").replace(SLUG, "acme/eu"));

        assertThat(reply.status()).isEqualTo(403);
        assertThat(tree(reply).at("/error/code").asText()).isEqualTo("data_residency_violation");
        assertThat(tree(reply).at("/error/decision").asText()).startsWith("dec_");
        assertThat(rig.upstream.ledger().requests()).hasSize(before);
    }

    @Test
    void aClientThatLeavesWhileTheUpstreamIsSilentIsNoticedSoon() throws IOException {
        rig.upstream.answer(request -> Script.hang());
        int before = rig.upstream.ledger().requests().size();
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/chat/completions", auth(), CHAT.formatted(""));
            rig.upstream.ledger().awaitRequests(before + 1, EdgeRig.PATIENCE);
            http.abort();
        }
        Eventually.await(
                NOTICED_MAX,
                "upstream cancelled",
                () -> rig.upstream.ledger().requests().getLast().endedBy(Ending.PEER_CLOSED));
        var id = upstream().header("x-request-id").orElseThrow();
        var settlement = ((Settled) terminal(id)).settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(settlement.usage().inputTokens()).isPositive();
        assertThat(settlement.usage().outputTokens()).isZero();
    }

    @Test
    void aClientOfHttp2ThatLeavesIsNoticedSoonAndItsOtherStreamsGoOn() throws Exception {
        try (var client = rig.http2()) {
            silent(client).cancel(true);
            assertLeftAndNoticed();
            rig.upstream.answer(request -> good().after(Duration.ofMillis(900)));
            var reply = client.send(chatOverHttp2(), BodyHandlers.ofString());

            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(reply.headers().map())
                    .containsKeys("x-request-id", "x-turnpike-overhead-ms", "x-turnpike-receipt");
        }
    }

    @Test
    void aClientThatLeavesWhileTheUpstreamSaysOnlyCommentsIsNoticedSoon() throws Exception {
        var comment =
                List.<Step>of(new Step.Sleep(Duration.ofMillis(50)), new Step.Send(": x\n\n"));
        rig.upstream.answer(request ->
                new Script(
                        "comments",
                        () ->
                                Stream.concat(
                                                Stream.of(new Status(200, EVENTS)),
                                                Stream.generate(() -> comment)
                                                        .flatMap(List::stream))
                                        .iterator()));
        int before = rig.upstream.ledger().requests().size();
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/chat/completions", auth(), CHAT.formatted(",\"stream\":true"));
            assertThat(http.readHead().status()).isEqualTo(200); // So the first keep-alive is over.
            http.abort();
        }
        assertLeftAndNoticed(BEFORE_KEEP_ALIVE);
        try (var client = rig.http2()) {
            var request = streamOverHttp2();
            client.send(request, BodyHandlers.ofInputStream()).body().close();
            assertLeftAndNoticed(BEFORE_KEEP_ALIVE);
        }
        assertThat(rig.upstream.ledger().requests()).hasSize(before + 2);
    }

    @Test
    void aTargetThatIsDrainedSaysItsCountAlthoughTheClientHasLeft() throws IOException {
        var deltas = Collections.nCopies(8, "word ");
        for (var stream : List.of(true, false)) {
            rig.upstream.answer(request ->
                    stream
                            ? ChatScripts.chatStream(
                                    deltas, Optional.of(new Usage(21, 8)), Duration.ofMillis(100))
                            : ChatScripts.chatJson("words", Optional.of(new Usage(21, 8)))
                                    .after(Duration.ofMillis(1_200)));
            int before = rig.upstream.ledger().requests().size();
            try (var http = TestHttp.connect(rig.edge.port())) {
                var body = CHAT.formatted(",\"stream\":" + stream).replace(SLUG, "acme/drained");
                http.postJson("/v1/chat/completions", auth(), body);
                rig.upstream.ledger().awaitRequests(before + 1, EdgeRig.PATIENCE);
                http.abort();
            }

            var id = upstream().header("x-request-id").orElseThrow();
            var settlement = ((Settled) terminal(id)).settlement();
            assertThat(settlement.outcome()).isEqualTo(Outcome.CLIENT_GONE);
            assertThat(settlement.usageSource()).isEqualTo(UsageSource.PROVIDER);
            assertThat(settlement.usage().inputTokens()).isEqualTo(21);
            assertThat(settlement.usage().outputTokens()).isEqualTo(8);
        }
    }

    @Test
    void aConnectionOfHttp2ThatIsClosedIsNoticedSoon() {
        try (var client = rig.http2()) {
            var asked = silent(client);
            client.shutdownNow();
            assertLeftAndNoticed();
            assertThat(asked).failsWithin(EdgeRig.PATIENCE);
        }
    }

    private CompletableFuture<?> silent(HttpClient client) {
        rig.upstream.answer(request -> Script.hang());
        int before = rig.upstream.ledger().requests().size();
        var asked = client.sendAsync(chatOverHttp2(), BodyHandlers.ofString());
        rig.upstream.ledger().awaitRequests(before + 1, EdgeRig.PATIENCE);
        return asked;
    }

    private HttpRequest chatOverHttp2() {
        return overHttp2(CHAT.formatted(""));
    }

    private HttpRequest streamOverHttp2() {
        return overHttp2(CHAT.formatted(",\"stream\":true"));
    }

    private HttpRequest overHttp2(String body) {
        return HttpRequest.newBuilder(rig.http2Url("/v1/chat/completions"))
                .header("authorization", "Bearer " + rig.key.whole())
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private void assertLeftAndNoticed() {
        assertLeftAndNoticed(NOTICED_MAX);
    }

    private void assertLeftAndNoticed(Duration within) {
        Eventually.await(
                within,
                "upstream cancelled",
                () -> rig.upstream.ledger().requests().getLast().endedBy(Ending.PEER_CLOSED));
        var id = upstream().header("x-request-id").orElseThrow();
        assertThat(((Settled) terminal(id)).settlement().outcome()).isEqualTo(Outcome.CLIENT_GONE);
    }

    @Test
    void whatIsRepeatedUnderOneKeyIsServedAndChargedOnceAlsoIfItsClientLeft() throws IOException {
        var asked = new CountDownLatch(1);
        var late = good().after(Duration.ofMillis(1_200)); // By then its client is missed.
        rig.upstream.answer(request -> late.behind(asked));
        var once = new LinkedHashMap<>(auth());
        once.put("idempotency-key", "once");
        int before = rig.upstream.ledger().requests().size();
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/chat/completions", once, CHAT.formatted(""));
            rig.upstream.ledger().awaitRequests(before + 1, EdgeRig.PATIENCE);
            http.abort();
        }
        assertThat(again(once, CHAT.formatted("")).status()).isEqualTo(409);
        asked.countDown();

        var repeated =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "the first one has ended",
                        () -> again(once, CHAT.formatted("")),
                        reply -> reply.status() == 200);

        assertThat(repeated.header("x-turnpike-replayed")).contains("true");
        assertThat(tree(repeated).at("/model").asText()).isEqualTo(SLUG);
        assertThat(again(once, CHAT.formatted(",\"n\":1")).status()).isEqualTo(422);
        assertThat(rig.upstream.ledger().requests()).hasSize(before + 1);
        var id = upstream().header("x-request-id").orElseThrow();
        assertThat(((Settled) terminal(id)).settlement().usageSource())
                .isEqualTo(UsageSource.PROVIDER);
    }

    @Test
    void whatWasChargedWithoutAnAnswerIsNotServedAgainUnderItsKey() throws IOException {
        json("not JSON");
        var once = new LinkedHashMap<>(auth());
        once.put("idempotency-key", "charged");
        int before = rig.upstream.ledger().requests().size();

        var broken = again(once, CHAT.formatted(""));

        assertThat(broken.status()).isEqualTo(502);
        assertThat(settled(broken).settlement().charged()).isTrue();
        assertThat(again(once, CHAT.formatted("")).status()).isEqualTo(422);
        assertThat(rig.upstream.ledger().requests()).hasSize(before + 1);
    }

    private Reply again(Map<String, String> headers, String body) {
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.postJson("/v1/chat/completions", headers, body);
            return http.read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a5xxOrSilenceCostsThePromptWhereTheEndpointSaysSo() throws IOException {
        for (var failing : List.of(Script.status(500), Script.hang(), Script.status(429))) {
            rig.upstream.answer(request -> failing);
            var reply =
                    post("/v1/chat/completions", CHAT.formatted("").replace(SLUG, "acme/charged"));

            var settlement = settled(reply).settlement();
            assertThat(settlement.charged()).isEqualTo(reply.status() != 429);
            assertThat(settlement.usage().inputTokens() > 0).isEqualTo(reply.status() != 429);
            assertThat(settlement.usage().outputTokens()).isZero();
        }
    }

    @Test
    void theSameConnectionServesTheNextRequestAfterASilentOne() throws IOException {
        rig.upstream.answer(request -> good().after(Duration.ofMillis(900)));
        try (var http = TestHttp.connect(rig.edge.port())) {
            for (int i = 0; i < 2; i++) {
                http.postJson("/v1/chat/completions", auth(), CHAT.formatted(""));
                assertThat(http.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aBadBodyOfAKnownCallerIsRecordedWithADecision() throws IOException {
        var reply = post("/v1/chat/completions", "{\"model\":\"acme/good\"}");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(tree(reply).at("/error/param").asText()).isEqualTo("messages");
        assertThat(tree(reply).at("/error/code").asText()).isEqualTo("missing_required_parameter");
        var refused = (RequestFact.Refused) terminal(reply.header("x-request-id").orElseThrow());
        var decision = refused.decision();
        assertThat(tree(reply).at("/error/decision").asText()).isEqualTo(decision.id().value());
        assertThat(decision.code()).isEqualTo("missing_required_parameter");
    }

    @Test
    void aClientsOwnIdOfARequestComesBackWithEveryAnswer() throws IOException {
        rig.upstream.answer(request -> good());
        var own = with("x-client-request-id", "order 7");
        for (var body : List.of(CHAT.formatted(""), CHAT.formatted(",\"n\":0"), "{")) {
            var reply = request("POST", "/v1/chat/completions", own, body);

            assertThat(reply.header("x-client-request-id")).contains("order 7");
            assertThat(reply.header("x-request-id").orElseThrow()).startsWith("req_");
        }
        assertThat(upstream().header("x-client-request-id")).isEmpty();
        own.put("x-stainless-retry-count", "2");
        for (var body : List.of(CHAT.formatted(""), "{")) {
            var reply = request("POST", "/v1/chat/completions", own, body);

            assertThat(terminal(reply.header("x-request-id").orElseThrow()).call().client())
                    .isEqualTo(new ClientTrace("order 7", 2));
        }
        assertThat(upstream().header("x-request-id").orElseThrow()).startsWith("req_");
    }

    private static Script good() {
        return Script.answer(
                "good",
                200,
                JSON,
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"up\","
                        + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"x\"},\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}");
    }

    private void json(String body) {
        rig.upstream.answer(request -> Script.answer("json", 200, JSON, body));
    }

    private ReceivedRequest upstream() {
        return rig.upstream.ledger().requests().getLast().request();
    }

    /** How the request ended that {@code reply} answers. */
    private Settled settled(Reply reply) {
        return (Settled) terminal(reply.header("x-request-id").orElseThrow());
    }

    private RequestFact terminal(String id) {
        return Eventually.await(
                        EdgeRig.PATIENCE,
                        "the end of " + id,
                        () ->
                                rig.awaitTerminals(0).stream()
                                        .filter(RequestFact::terminal)
                                        .filter(fact -> fact.call().requestId().value().equals(id))
                                        .toList(),
                        ends -> ends.size() == 1)
                .getFirst();
    }

    private Reply post(String path, String body) throws IOException {
        return request("POST", path, with("content-type", "application/json"), body);
    }

    private Reply get(String path, Map<String, String> headers) throws IOException {
        return request("GET", path, headers, "");
    }

    private Reply request(String method, String path, Map<String, String> headers, String body)
            throws IOException {
        try (var http = TestHttp.connect(rig.edge.port())) {
            return http.request(method, path, headers, body).read();
        }
    }

    private Map<String, String> with(String name, String value) {
        var headers = new LinkedHashMap<>(auth());
        headers.put(name, value);
        return headers;
    }

    private Map<String, String> auth() {
        return Map.of("authorization", "Bearer " + rig.key.whole());
    }

    private static JsonNode tree(Reply reply) {
        return Json.parse(reply.body().getBytes(StandardCharsets.UTF_8));
    }
}
