package dev.turnpike.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.e2e.ClientRun.Target;
import dev.turnpike.schemas.usage.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The vendors' clients through one running Turnpike, each to providers that speak its own API and
 * to those that speak the other. Every client takes the same steps and reports them in the same
 * words; then the ledger is held to what the clients sent and to what the upstream served.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientsIT {
    private static final String TEXT = "Hello from the scripted upstream";

    /** Clients that have vectors. Anthropic has none, nor have its clients. */
    private static final Set<String> EMBEDDING =
            Set.of("openai-chat", "openai-java", "ai-openai", "ai-openai-compatible");

    @TempDir private static Path directory;

    private static Optional<ClientMatrix> made = Optional.empty();

    static List<ClientRun> runs() {
        return ClientMatrix.runs();
    }

    static List<ClientRun> embeddingRuns() {
        return runs().stream()
                .filter(run -> run.target() == Target.OPENAI && EMBEDDING.contains(run.client()))
                .toList();
    }

    static List<ClientRun> chatAndMessagesRuns() {
        return runs().stream().filter(run -> !run.aiSdk() && !run.responses()).toList();
    }

    @BeforeAll
    static void callEverythingOnce() throws IOException, InterruptedException, ExecutionException {
        NodeScripts.missing()
                .ifPresent(reason -> System.out.println("JavaScript clients not run: " + reason));
        var all = new ArrayList<>(runs());
        if (NodeScripts.missing().isEmpty()) {
            all.add(ClientMatrix.AZURE);
        }
        made = Optional.of(ClientMatrix.of(all, directory));
    }

    @AfterAll
    static void close() {
        made.ifPresent(ClientMatrix::close);
    }

    private static ClientMatrix matrix() {
        return made.orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void wholeAndStreamedAnswersSayTheSame(ClientRun run) {
        // The third hears from the gateway before it hears from the provider.
        for (var step : List.of("plain", "streamed", "kept_alive")) {
            var use = step.equals("kept_alive") ? "paused" : "good";
            var seen = matrix().seen(run, step);
            assertThat(seen.path("text").asText()).as(step).isEqualTo(TEXT);
            assertThat(seen.path("finish").asText()).isIn("stop", "end_turn", "completed");
            assertThat(seen.path("input_tokens").asInt()).isEqualTo(run.target().inputTokens());
            assertThat(seen.path("output_tokens").asInt()).isEqualTo(5);
            assertThat(seen.path("model").asText(run.target().slug(use)))
                    .isEqualTo(run.target().slug(use));
        }
        assertThat(matrix().seen(run, "plain").path("request_id").asText()).startsWith("req_");
    }

    @ParameterizedTest
    @MethodSource("runs")
    void toolsAreCalledAndTheirResultsSentBack(ClientRun run) {
        for (var step : List.of("tools", "streamed_tools")) {
            var seen = matrix().seen(run, step);
            assertThat(seen.path("name").asText()).isEqualTo("get_weather");
            assertThat(seen.path("input").toString()).isEqualTo("{\"city\":\"Rome\"}");
            assertThat(seen.path("finish").asText())
                    .isIn("tool_calls", "tool-calls", "tool_use", "completed");
            assertThat(seen.path("text").asText()).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void severalToolsAreCalledAtOnce(ClientRun run) {
        for (var step : List.of("parallel_tools", "streamed_parallel_tools")) {
            assertThat(matrix().seen(run, step).toString()).isEqualTo("[\"Rome\",\"Oslo\"]");
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void structuredAnswersAreParsedByTheClient(ClientRun run) {
        var steps = new ArrayList<>(List.of("structured", "streamed_structured"));
        if (run.aiSdk()) {
            steps.add("structured_output");
        }
        for (var step : steps) {
            assertThat(matrix().seen(run, step).toString())
                    .isEqualTo("{\"city\":\"Rome\",\"days\":3}");
        }
    }

    @ParameterizedTest
    @MethodSource("embeddingRuns")
    void vectorsComeInEitherEncoding(ClientRun run) {
        var steps = new ArrayList<>(List.of("embedded"));
        if (!run.aiSdk()) { // The AI SDK always asks for floats.
            steps.add("embedded_base64");
        }
        for (var step : steps) {
            assertThat(matrix().seen(run, step).path("vectors").toString())
                    .isEqualTo("[[0.5,-0.25],[0.5,-0.25]]");
            assertThat(matrix().seen(run, step).path("tokens").asInt()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void whatNoRetryCanCureIsTriedOnce(ClientRun run) {
        Refusal.WRONG_KEY.holds(run, matrix().seen(run, "wrong_key"));
        Refusal.UNKNOWN_MODEL.holds(run, matrix().seen(run, "unknown_model"));
        Refusal.TOO_LONG.holds(run, matrix().seen(run, "too_long"));
        Refusal.FORBIDDEN.holds(run, matrix().seen(run, "forbidden"));
        Refusal.TOO_LARGE.holds(run, matrix().seen(run, "too_large"));
        Refusal.UNPROCESSABLE.holds(run, matrix().seen(run, "unprocessable"));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aProviderThatIsTooLateIsATimeoutOfItsOwnKind(ClientRun run) {
        var seen = matrix().seen(run, "late");
        Refusal.LATE.holds(run, seen);
        assertThat(matrix().counts(run, "late")).containsExactly(1, 1);
    }

    @Test
    void azuresClientFindsDeploymentsResponsesAndModels() {
        var run = ClientMatrix.AZURE;
        Assumptions.assumeTrue(NodeScripts.missing().isEmpty(), "no Node");
        var slug = run.target().slug("good");
        for (var step : List.of("plain", "deployed", "streamed", "response", "streamed_response")) {
            var seen = matrix().seen(run, step);
            assertThat(seen.path("text").asText()).as(step).isEqualTo(TEXT);
            assertThat(seen.path("model").asText()).as(step).isEqualTo(slug);
        }
        assertThat(matrix().seen(run, "models").toString()).contains("\"" + slug + "\"");
        assertThat(matrix().seen(run, "model").asText()).isEqualTo(slug);
        assertThat(matrix().seen(run, "embedded").toString())
                .isEqualTo("[[0.5,-0.25],[0.5,-0.25]]");
        var unknown = matrix().seen(run, "unknown_model");
        assertThat(unknown.path("error").asText()).isEqualTo("NotFoundError");
        assertThat(unknown.path("code").asText()).isEqualTo("model_not_found");
    }

    @ParameterizedTest
    @MethodSource("chatAndMessagesRuns")
    void aBodyWithoutMessagesNamesTheField(ClientRun run) {
        var seen = matrix().seen(run, "bad_body");
        Refusal.BAD_BODY.holds(run, seen);
        assertThat(seen.path("message").asText()).contains("messages");
        if (run.openAiErrors()) {
            assertThat(seen.path("param").asText()).isEqualTo("messages");
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void whatMayPassIsTriedThrice(ClientRun run) {
        Refusal.BUSY.holds(run, matrix().seen(run, "busy"));
        Refusal.DOWN.holds(run, matrix().seen(run, "down"));
        assertThat(matrix().counts(run, "busy")).containsExactly(3, 3);
        assertThat(matrix().counts(run, "down")).containsExactly(3, 3);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void whatPassesIsServedAtTheSecondTry(ClientRun run) {
        for (var step : List.of("flaky_429", "flaky_503")) {
            assertThat(matrix().seen(run, step).path("text").asText()).isEqualTo(TEXT);
            assertThat(matrix().seen(run, step).path("attempts").asInt()).isEqualTo(2);
            assertThat(matrix().counts(run, step)).containsExactly(2, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aSpentDayIsNotTriedAgain(ClientRun run) {
        var quota = matrix().seen(run, "quota");
        assertThat(quota.at("/first/text").asText()).isEqualTo(TEXT);
        Refusal.QUOTA.holds(run, quota.path("second"));
        // One served, and all others refused before the upstream.
        assertThat(matrix().counts(run, "quota")).containsExactly(run.aiSdk() ? 4 : 2, 1);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aLimitTellsHowLongToWaitAndIsWaitedOut(ClientRun run) {
        var minute = matrix().seen(run, "minute").path("second");
        Refusal.MINUTE.holds(run, minute);
        // A rolling minute is counted in pieces: the oldest piece leaves as a whole.
        assertThat(Integer.parseInt(minute.path("retry_after").asText())).isBetween(1, 66);

        var second = matrix().seen(run, "second").path("second");
        assertThat(second.path("text").asText()).as("%s", second).isEqualTo(TEXT);
        assertThat(second.path("attempts").asInt()).isBetween(1, 3);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aStreamThatBreaksIsAnErrorAndNotTriedAgain(ClientRun run) {
        var seen = matrix().seen(run, "broken_stream");
        assertThat(seen.path("error").asText("")).as("%s", seen).isNotEmpty();
        assertThat(seen.path("text").asText()).isEqualTo(TEXT);
        assertThat(seen.path("attempts").asInt()).isOne();
        assertThat(matrix().counts(run, "broken")).containsExactly(1, 1);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aClientThatLosesPatienceIsChargedItsPromptForEveryTry(ClientRun run) {
        // The AI SDK has no timeout of its own, and takes what it is given for the user's wish.
        int tries = run.aiSdk() ? 1 : 3;
        assertThat(matrix().seen(run, "timed_out").path("attempts").asInt()).isEqualTo(tries);
        assertThat(matrix().unanswered(run)).isEqualTo(tries);
        assertThat(matrix().counts(run, "hang")).containsExactly(tries, tries);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aStreamThatIsLeftIsChargedUntilThen(ClientRun run) {
        assertThat(matrix().seen(run, "aborted").path("texts").asInt()).isGreaterThanOrEqualTo(3);

        var entries = matrix().entries(run, "endless");
        assertThat(entries).hasSize(1);
        assertThat(entries.getFirst().outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(entries.getFirst().charged()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void theLedgerHoldsExactlyTheRequestsOfTheClient(ClientRun run) {
        assertThat(matrix().entries(run))
                .filteredOn(entry -> !entry.call().modelSlug().equals(run.target().slug("hang")))
                .extracting(entry -> entry.call().requestId().value())
                .containsExactlyInAnyOrderElementsOf(matrix().metered(run));
    }

    @Test
    void theLedgerHoldsExactlyWhatTheUpstreamServed() {
        var atTheUpstream = new HashSet<String>();
        for (var exchange : matrix().served()) {
            if (exchange.request().target().contains("/count_tokens")) {
                continue;
            }
            var id = exchange.requestId().orElseThrow();
            assertThat(atTheUpstream.add(id)).as("%s came twice", id).isTrue();
            var entry = matrix().ledger().get(id);
            assertThat(entry).as("%s", exchange).isNotNull();
            if (entry != null) {
                Expected.of(exchange).holds(entry);
            }
        }
        var called = new HashSet<String>();
        matrix().ledger()
                .forEach((id, entry) -> {
                    if (entry.settlement() != null) {
                        called.add(id);
                    }
                });
        assertThat(called).isEqualTo(atTheUpstream);
    }

    @ParameterizedTest
    @MethodSource("chatAndMessagesRuns")
    void modelsAreListedAndPromptsCounted(ClientRun run) {
        assertThat(matrix().seen(run, "models"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(
                        ClientGateway.USES.stream()
                                .map(use -> run.target().slug(use.name()))
                                .toList());
        if (!run.openAiErrors()) {
            var counted = matrix().seen(run, "counted").asInt();
            assertThat(counted).isEqualTo(run.target() == Target.ANTHROPIC ? 13 : counted);
            assertThat(counted).isPositive();
        }
    }

    @Test
    void aStreamShowsUsageOnlyToAClientThatAskedForIt() {
        for (var target : Target.values()) {
            var run = new ClientRun("openai-chat", target);
            Assumptions.assumeTrue(runs().contains(run), "no Node");
            var seen = matrix().seen(run, "streamed_without_usage");
            assertThat(seen.path("text").asText()).isEqualTo(TEXT);
            assertThat(seen.path("usages").asInt()).isZero();
        }
    }

    @Test
    void confluentsClientReadsTheLedgerAndFindsWhatAllClientsSaw() throws IOException {
        NodeScripts.missing().ifPresent(reason -> Assumptions.abort(reason));
        var calls = matrix().calls();

        var result = read("turnpike.ledger", "--calls", calls.toString());

        var summary = result.last().path("summary");
        assertThat(summary.path("differences")).as(result.errors()).isEmpty();
        assertThat(summary.path("calls").asInt()).isPositive();
        assertThat(result.exitCode()).isZero();
        var entry = result.lines().getFirst().path("value");
        assertThat(entry.path("call").path("requestId").asText()).startsWith("req_");
        assertThat(entry.path("call").path("caller").path("groupId").asText()).startsWith("grp_");
    }

    @Test
    void confluentsClientDecodesTheRequestsOfTheEdge() throws IOException {
        NodeScripts.missing().ifPresent(reason -> Assumptions.abort(reason));

        var result = read("turnpike.requests");

        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.lines()).hasSizeGreaterThan(matrix().ledger().size());
    }

    private static NodeScripts.Result read(String topic, String... more) throws IOException {
        var args =
                new ArrayList<>(List.of("--run", matrix().runFile().toString(), "--topic", topic));
        args.addAll(List.of(more));
        return NodeScripts.run("ledger.mjs", ClientMatrix.PATIENCE, args.toArray(String[]::new));
    }
}
