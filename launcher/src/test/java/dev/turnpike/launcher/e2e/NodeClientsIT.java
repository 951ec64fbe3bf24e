package dev.turnpike.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NodeClientsIT {
    private static final String MODEL = "acme/chat";
    private static final String SLOW = "acme/slow";
    private static final int PROMPT_TOKENS = 100;
    private static final int COMPLETION_TOKENS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String BOTH = "[{\"slug\":\"acme/chat\"},{\"slug\":\"acme/slow\"}]";

    @TempDir private static Path directory;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static RunningTurnpike turnpike;
    private static ScriptedUpstream upstream;
    private static JsonNode seen;
    private static Path calls;

    @BeforeAll
    static void callEverythingOnce() throws IOException {
        var missing = NodeScripts.missing();
        missing.ifPresent(reason -> System.out.println("JavaScript clients not run: " + reason));
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        NodeScripts.install();
        upstream = kept(ScriptedUpstream.start());
        turnpike = kept(RunningTurnpike.start(directory, List.of()));
        calls = directory.resolve("calls.ndjson");
        seen = runOpenAi();
    }

    @AfterAll
    static void close() throws Exception {
        for (var open : OPEN.reversed()) {
            open.close();
        }
    }

    private static <T extends AutoCloseable> T kept(T open) {
        OPEN.add(open);
        return open;
    }

    private static JsonNode runOpenAi() throws IOException {
        var owner = kept(new Operator(turnpike.controlUrl(), RunningTurnpike.OWNER_KEY));
        var tokens = "tokens-%d-%d".formatted(PROMPT_TOKENS, COMPLETION_TOKENS);
        owner.publish(MODEL, upstream.baseUrl(), tokens);
        owner.publish(SLOW, upstream.baseUrl(), "endless");
        var free = owner.key(owner.group("free", BOTH));
        var second = owner.key(owner.group("second", limited("rate_limits", "SECOND")));
        var minute = owner.key(owner.group("minute", limited("rate_limits", "MINUTE")));
        var day = owner.key(owner.group("day", limited("usage_limits", "DAY")));
        var last = kept(new Operator(turnpike.gatewayUrl(), day));
        Eventually.await(PATIENCE, "the gateway knows the last key", () -> last.sees(MODEL));
        var result =
                NodeScripts.run(
                        "openai.mjs",
                        PATIENCE,
                        "--base-url",
                        turnpike.gatewayUrl() + "/v1",
                        "--key",
                        free,
                        "--model",
                        MODEL,
                        "--slow-model",
                        SLOW,
                        "--second-key",
                        second,
                        "--minute-key",
                        minute,
                        "--quota-key",
                        day,
                        "--calls-out",
                        calls.toString());
        assertThat(result.exitCode()).as(result.errors()).isZero();
        return result.last();
    }

    private static String limited(String kind, String unit) {
        return """
        [{"slug":"%s","%s":[{"type":"REQUEST","unit":"%s","threshold":1}]}]\
        """
                .formatted(MODEL, kind, unit);
    }

    @Test
    void openAisClientListsExactlyTheModelsOfItsGroup() {
        assertThat(seen.path("models"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder(MODEL, SLOW);
    }

    @Test
    void openAisClientReadsAPlainCompletionWithTheUpstreamsUsage() {
        var plain = seen.path("plain");

        assertThat(plain.path("text").asText().split(" ")).hasSize(COMPLETION_TOKENS);
        assertThat(plain.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(plain.path("usage").path("prompt_tokens").asInt()).isEqualTo(PROMPT_TOKENS);
        assertThat(plain.path("usage").path("completion_tokens").asInt())
                .isEqualTo(COMPLETION_TOKENS);
        assertThat(plain.path("request_id").asText()).startsWith("req_");
    }

    @Test
    void aStreamShowsUsageOnlyToAClientThatAskedForIt() {
        var silent = seen.path("streamed");
        var asked = seen.path("streamed_with_usage");

        assertThat(silent.path("text")).isEqualTo(seen.path("plain").path("text"));
        assertThat(silent.path("usage").isNull()).isTrue();
        assertThat(asked.path("text")).isEqualTo(silent.path("text"));
        assertThat(asked.path("usage").path("completion_tokens").asInt())
                .isEqualTo(COMPLETION_TOKENS);
    }

    @Test
    void aWrongKeyAndAnUnknownModelAreTheErrorsTheClientKnows() {
        assertThat(seen.path("wrong_key").path("error").asText()).isEqualTo("AuthenticationError");
        assertThat(seen.path("wrong_key").path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(seen.path("wrong_key").path("attempts").asInt()).isOne();
        assertThat(seen.path("unknown_model").path("error").asText()).isEqualTo("NotFoundError");
        assertThat(seen.path("unknown_model").path("code").asText()).isEqualTo("model_not_found");
    }

    @Test
    void theClientWaitsOutALimitPerSecondByItself() {
        var second = seen.path("second").path("second");

        assertThat(second.path("error").isNull()).as("%s", second).isTrue();
        assertThat(second.path("attempts").asInt()).isBetween(1, 3);
    }

    @Test
    void aLimitPerMinuteTellsHowLongToWait() {
        var refused = seen.path("minute").path("second");

        assertThat(refused.path("error").asText()).isEqualTo("RateLimitError");
        assertThat(refused.path("code").asText()).isEqualTo("rate_limit_exceeded");
        // A rolling minute is counted in pieces: the oldest piece leaves as a whole.
        assertThat(refused.path("retry_after").asInt()).isBetween(1, 66);
        assertThat(refused.path("decision").asText()).isNotEmpty();
    }

    @Test
    void aSpentDayIsNotTriedAgain() {
        var refused = seen.path("quota").path("second");

        assertThat(refused.path("error").asText()).isEqualTo("RateLimitError");
        assertThat(refused.path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(refused.path("retry_after").isNull()).isTrue();
        assertThat(refused.path("should_retry").asText()).isEqualTo("false");
        assertThat(refused.path("attempts").asInt()).isOne();
    }

    @Test
    void leavingAStreamEndsTheUpstreamsAnswer() {
        assertThat(seen.path("aborted").path("chunks").asInt()).isGreaterThanOrEqualTo(3);
        Eventually.await(
                PATIENCE,
                "the endless answer ended",
                () ->
                        upstream.ledger().requests().stream()
                                .filter(call -> call.script().equals("endless"))
                                .allMatch(call -> call.played().isPresent()));
    }

    @Test
    void confluentsClientFindsInTheLedgerExactlyWhatWasCalled() throws IOException {
        // When
        var result = read("turnpike.ledger");
        // Then
        var summary = result.last().path("summary");
        assertThat(summary.path("differences")).as(result.errors()).isEmpty();
        assertThat(summary.path("calls").asInt()).isEqualTo(Files.readAllLines(calls).size());
        assertThat(result.exitCode()).isZero();
        var entry = result.lines().getFirst().path("value");
        assertThat(entry.path("call").path("requestId").asText()).startsWith("req_");
        assertThat(entry.path("call").path("caller").path("groupId").asText()).startsWith("grp_");
    }

    @Test
    void confluentsClientDecodesTheRequestsOfTheEdge() throws IOException {
        var result = read("turnpike.requests");

        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.lines()).hasSizeGreaterThan(2 * Files.readAllLines(calls).size());
    }

    private static NodeScripts.Result read(String topic) throws IOException {
        var args =
                new ArrayList<>(List.of("--run", turnpike.runFile().toString(), "--topic", topic));
        if (topic.equals("turnpike.ledger")) {
            args.addAll(List.of("--calls", calls.toString()));
        }
        return NodeScripts.run("ledger.mjs", PATIENCE, args.toArray(String[]::new));
    }
}
