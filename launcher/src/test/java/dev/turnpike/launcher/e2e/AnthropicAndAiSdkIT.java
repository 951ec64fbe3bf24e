package dev.turnpike.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Anthropic's client and the AI SDK through a running Turnpike, each to a target that speaks its
 * own API and to one that speaks the other; then the ledger is held to what they saw.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnthropicAndAiSdkIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String TEXT = "Hello from the scripted upstream";
    private static final List<String> SCRIPTS =
            List.of("good", "tools", "structured", "endless", "error-503");

    /** What a run is called, and how it is started. */
    private static final Map<String, List<String>> RUNS =
            Map.of(
                    "anthropic to anthropic", List.of("anthropic.mjs", "claude"),
                    "anthropic to openai", List.of("anthropic.mjs", "open"),
                    "openai to openai", List.of("ai-sdk.mjs", "open", "openai"),
                    "openai to anthropic", List.of("ai-sdk.mjs", "claude", "openai"),
                    "compatible to anthropic", List.of("ai-sdk.mjs", "claude", "openai-compatible"),
                    "compatible to openai", List.of("ai-sdk.mjs", "open", "openai-compatible"),
                    "ai-sdk anthropic to anthropic", List.of("ai-sdk.mjs", "claude", "anthropic"),
                    "ai-sdk anthropic to openai", List.of("ai-sdk.mjs", "open", "anthropic"));

    @TempDir private static Path directory;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static final Map<String, JsonNode> SEEN = new HashMap<>();
    private static RunningTurnpike turnpike;
    private static String key = "";

    @BeforeAll
    static void callEverythingOnce() throws IOException {
        var missing = NodeScripts.missing();
        missing.ifPresent(reason -> System.out.println("JavaScript clients not run: " + reason));
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        NodeScripts.install();
        var upstream = kept(ScriptedUpstream.start());
        turnpike = kept(RunningTurnpike.start(directory, List.of()));
        publish(upstream);
        for (var run : RUNS.entrySet()) {
            SEEN.put(run.getKey(), run(run.getValue(), calls(run.getKey())));
        }
    }

    private static void publish(ScriptedUpstream upstream) throws IOException {
        var owner = kept(new Operator(turnpike.controlUrl(), RunningTurnpike.OWNER_KEY));
        var secret =
                owner.create(
                                "/v1/gateway/credentials",
                                "{\"name\":\"provider\",\"value\":\"sk-ant-scripted\"}")
                        .path("id")
                        .asText();
        var models = new ArrayList<String>();
        for (var script : SCRIPTS) {
            owner.publish("open/" + script, upstream.baseUrl(), script);
            owner.create(
                    "/v1/gateway/endpoints",
                    """
                    {"slug":"claude/%s","targets":[{"provider":"ANTHROPIC","target_model":"%s",\
                    "base_url":"http://127.0.0.1:%d","secret_id":"%s"}]}\
                    """
                            .formatted(script, script, upstream.port(), secret));
            models.add("{\"slug\":\"open/%s\"},{\"slug\":\"claude/%s\"}".formatted(script, script));
        }
        key = owner.key(owner.group("clients", "[" + String.join(",", models) + "]"));
        var client = kept(new Operator(turnpike.gatewayUrl(), key));
        Eventually.await(PATIENCE, "the last model", () -> client.sees("claude/error-503"));
    }

    private static JsonNode run(List<String> how, Path calls) throws IOException {
        var prefix = how.get(1) + "/";
        boolean sdk = how.size() == 2;
        var args =
                new ArrayList<>(
                        List.of(
                                "--base-url", turnpike.gatewayUrl() + (sdk ? "" : "/v1"),
                                "--key", key,
                                "--model", prefix + "good",
                                "--tools-model", prefix + "tools",
                                "--structured-model", prefix + "structured",
                                "--slow-model", prefix + "endless",
                                "--down-model", prefix + "error-503",
                                "--calls-out", calls.toString()));
        if (!sdk) {
            args.addAll(List.of("--provider", how.get(2)));
            if (!how.get(2).equals("anthropic")) {
                args.addAll(List.of("--embedding-model", "open/good"));
            }
        }
        var result = NodeScripts.run(how.getFirst(), PATIENCE, args.toArray(String[]::new));
        assertThat(result.exitCode()).as("%s: %s", how, result.errors()).isZero();
        return result.last();
    }

    private static Path calls(String run) {
        return directory.resolve(run.replace(' ', '-') + ".ndjson");
    }

    private static <T extends AutoCloseable> T kept(T open) {
        OPEN.add(open);
        return open;
    }

    @AfterAll
    static void close() throws Exception {
        for (var open : OPEN.reversed()) {
            open.close();
        }
    }

    static List<String> runs() {
        return RUNS.keySet().stream().sorted().toList();
    }

    private static JsonNode seen(String run) {
        return SEEN.getOrDefault(run, NullNode.getInstance());
    }

    @ParameterizedTest
    @MethodSource("runs")
    void plainAndStreamedAnswersAreTheSame(String run) {
        assertThat(seen(run).at("/plain/text").asText()).isEqualTo(TEXT);
        assertThat(seen(run).at("/streamed/text").asText()).isEqualTo(TEXT);
        assertThat(seen(run).at("/streamed/usage")).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void toolsAreCalledAndTheirResultsSentBack(String run) {
        for (var kind : List.of("tools", "streamed_tools")) {
            var tools = seen(run).path(kind);
            assertThat(tools.path("name").asText()).isEqualTo("get_weather");
            assertThat(tools.at("/input/city").asText()).isEqualTo("Rome");
            assertThat(tools.path("text").asText()).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void structuredAnswersHaveTheirShape(String run) {
        assertThat(seen(run).path("structured").toString())
                .isEqualTo("{\"city\":\"Rome\",\"days\":3}");
    }

    @ParameterizedTest
    @MethodSource("runs")
    void errorsAreKnownToTheClientAndOnlyWhatMayPassIsTriedAgain(String run) {
        assertThat(seen(run).at("/wrong_key/status").asInt()).isEqualTo(401);
        assertThat(seen(run).at("/wrong_key/attempts").asInt()).isOne();
        assertThat(seen(run).at("/unknown_model/status").asInt()).isEqualTo(404);
        assertThat(seen(run).at("/down/status").asInt()).isEqualTo(502);
        assertThat(seen(run).at("/down/attempts").asInt()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aStreamCanBeLeft(String run) {
        assertThat(seen(run).at("/aborted/texts").asInt()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void vectorsAreEmbedded() {
        var embedded = seen("openai to openai").path("embedded");

        assertThat(embedded.path("vectors").toString()).isEqualTo("[[0.5,-0.25],[0.5,-0.25]]");
        assertThat(embedded.path("tokens").asInt()).isEqualTo(4);
    }

    @Test
    void anthropicsClientSeesItsOwnErrorsAndModels() {
        var seen = seen("anthropic to openai");

        assertThat(seen.at("/wrong_key/error").asText()).isEqualTo("AuthenticationError");
        assertThat(seen.at("/wrong_key/type").asText()).isEqualTo("authentication_error");
        assertThat(seen.at("/unknown_model/type").asText()).isEqualTo("not_found_error");
        assertThat(seen.at("/unknown_model/request_id").asText()).startsWith("req_");
        assertThat(seen.path("models")).hasSize(2 * SCRIPTS.size());
        assertThat(seen("anthropic to anthropic").path("counted").asInt()).isEqualTo(13);
    }

    @Test
    void theLedgerHoldsExactlyWhatWasCalled() throws IOException {
        var all =
                runs().stream()
                        .flatMap(run -> lines(calls(run)).stream())
                        .collect(Collectors.joining("\n", "", "\n"));
        var file = directory.resolve("all.ndjson");
        Files.writeString(file, all);
        var result =
                NodeScripts.run(
                        "ledger.mjs",
                        PATIENCE,
                        "--run",
                        turnpike.runFile().toString(),
                        "--topic",
                        "turnpike.ledger",
                        "--calls",
                        file.toString());

        var summary = result.last().path("summary");
        assertThat(summary.path("differences")).as(result.errors()).isEmpty();
        assertThat(summary.path("calls").asInt()).isEqualTo(lines(file).size());
        assertThat(result.exitCode()).isZero();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
