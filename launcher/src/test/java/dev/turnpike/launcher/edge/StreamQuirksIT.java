package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import dev.turnpike.testkit.upstream.ChatScripts;
import dev.turnpike.testkit.upstream.QuirkScripts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an upstream does to a stream, the client sees one that every client can read. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamQuirksIT {
    private EdgeRig rig;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException {
        rig = new EdgeRig(directory, Map.of());
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    static List<String> quirks() {
        return QuirkScripts.streamNames();
    }

    @ParameterizedTest
    @MethodSource("quirks")
    void everyStreamIsRepairedAndMetered(String quirk) throws IOException {
        for (boolean wants : new boolean[] {false, true}) {
            rig.upstream.enqueue(QuirkScripts.stream(quirk).orElseThrow());

            var reply = stream(wants);

            var data = reply.sseData();
            assertThat(reply.header("content-type")).contains("text/event-stream; charset=utf-8");
            assertThat(reply.header("content-length")).isEmpty();
            assertThat(data).last().isEqualTo("[DONE]");
            var chunks = data.subList(0, data.size() - 1).stream().map(this::json).toList();
            wellFormed(chunks, wants);
            var usage = settled(reply).settlement().usage();
            assertThat(usage.inputTokens()).isEqualTo(11);
            assertThat(usage.outputTokens()).isEqualTo(5);
        }
    }

    /** What OpenAI's own clients and those of others need of a chat stream. */
    private static void wellFormed(List<JsonNode> chunks, boolean wants) {
        var text = new StringBuilder();
        int roles = 0;
        int finishes = 0;
        int usages = 0;
        for (var chunk : chunks) {
            assertThat(chunk.has("error")).isFalse();
            assertThat(chunk.path("choices").isArray()).isTrue();
            assertThat(chunk.path("model").asText()).isIn("acme/good");
            boolean counted = chunk.path("usage").isObject();
            usages += counted ? 1 : 0;
            assertThat(counted && chunk.path("choices").size() > 0).isFalse();
            for (var choice : chunk.path("choices")) {
                assertThat(choice.path("index").isInt()).isTrue();
                roles += choice.at("/delta/role").asText("").equals("assistant") ? 1 : 0;
                finishes += choice.path("finish_reason").isTextual() ? 1 : 0;
                text.append(choice.at("/delta/content").asText(""));
            }
        }
        assertThat(text.toString()).isEqualTo(QuirkScripts.TEXT);
        assertThat(roles).isEqualTo(1);
        assertThat(finishes).isEqualTo(1);
        assertThat(usages).isEqualTo(wants ? 1 : 0);
        if (wants) {
            assertThat(chunks.getLast().at("/usage/total_tokens").asInt()).isEqualTo(16);
        }
    }

    static List<String> failing() {
        return QuirkScripts.failingNames();
    }

    @ParameterizedTest
    @MethodSource("failing")
    void aStreamThatFailsEndsInOneErrorAndChargesItsPrompt(String quirk) throws IOException {
        rig.upstream.enqueue(QuirkScripts.stream(quirk).orElseThrow());

        var reply = stream(true);

        var last = json(reply.sseData().getLast());
        assertThat(reply.body()).doesNotContain("[DONE]");
        assertThat(last.size()).isEqualTo(1);
        assertThat(last.at("/error/message").isTextual()).isTrue();
        assertThat(last.at("/error/type").isTextual()).isTrue();
        var settlement = settled(reply).settlement();
        assertThat(settlement.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(settlement.usage().inputTokens()).isPositive();
        assertThat(settlement.usage().outputTokens()).isZero();
    }

    @Test
    void aJsonAnswerToAStreamPassesAsJson() throws IOException {
        rig.upstream.enqueue(ChatScripts.chatJson("whole", Optional.empty()));

        var reply = stream(false);

        assertThat(reply.header("content-type")).contains("application/json");
        assertThat(json(reply.body()).at("/choices/0/message/content").asText()).isEqualTo("whole");
    }

    @ParameterizedTest
    @CsvSource({
        "error-vllm, 400, invalid_request",
        "error-sglang, 400, invalid_request",
        "error-text, 502, upstream_error",
        "error-html, 502, upstream_error",
        "error-context, 400, context_length_exceeded"
    })
    void anErrorOfEveryShapeBecomesTheOneShape(String name, int status, String code)
            throws IOException {
        rig.upstream.enqueue(QuirkScripts.error(name).orElseThrow());

        var reply = stream(false);

        assertThat(reply.status()).isEqualTo(status);
        var error = json(reply.body()).path("error");
        assertThat(error.path("message").isTextual()).isTrue();
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.has("param") && error.has("type")).isTrue();
        assertThat(reply.body()).doesNotContain("sk-secret").doesNotContain("nginx");
    }

    @Test
    void aServerThatDoesNotKnowStreamOptionsIsAskedWithoutThem() throws IOException {
        rig.upstream.enqueue(
                QuirkScripts.error("error-no-stream-options").orElseThrow(),
                QuirkScripts.stream("quirk-none").orElseThrow());

        var reply = stream(false);

        assertThat(reply.status()).isEqualTo(200);
        var asked = rig.upstream.ledger().requests();
        assertThat(asked.getLast().request().json().has("stream_options")).isFalse();
        assertThat(settled(reply).settlement().attempts()).hasSize(2);
    }

    private Reply stream(boolean wants) throws IOException {
        var body =
                "{\"model\":\"acme/good\",\"stream\":true,"
                        + (wants ? "\"stream_options\":{\"include_usage\":true}," : "")
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        var auth = Map.of("authorization", "Bearer " + rig.key.whole());
        try (var http = TestHttp.connect(rig.edge.port())) {
            http.readTimeout(Duration.ofSeconds(20));
            return http.postJson("/v1/chat/completions", auth, body).read();
        }
    }

    private JsonNode json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private Settled settled(Reply reply) {
        var id = reply.header("x-request-id").orElseThrow();
        return (Settled)
                Eventually.await(
                                EdgeRig.PATIENCE,
                                "the end of " + id,
                                () ->
                                        rig.awaitTerminals(0).stream()
                                                .filter(RequestFact::terminal)
                                                .filter(fact ->
                                                        fact.call().requestId().value().equals(id))
                                                .toList(),
                                ends -> ends.size() == 1)
                        .getFirst();
    }
}
