package dev.turnpike.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.launcher.e2e.ClientRun.Target;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.testkit.UtcDay;
import dev.turnpike.testkit.upstream.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Every client's run through one running Turnpike, all at once, and what came of it: the clients'
 * own reports, the ledger, and what the upstream served.
 */
final class ClientMatrix implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(240);

    private static final List<String> BOTH_WAYS =
            List.of(
                    "openai-responses",
                    "openai-java-responses",
                    "openai-chat",
                    "openai-java",
                    "anthropic",
                    "anthropic-java",
                    "ai-openai",
                    "ai-openai-compatible",
                    "ai-anthropic");

    /** Names what it got by its identity in the next turn, which needs a provider that stores. */
    private static final List<String> ONE_WAY = List.of("ai-openai-responses");

    /** Takes other steps than all others: what it calls differently, and no more. */
    static final ClientRun AZURE = new ClientRun("openai-azure", Target.OPENAI);

    private final Path directory;
    private final ClientGateway gateway;
    private final Map<ClientRun, JsonNode> reports = new HashMap<>();
    private final Map<String, LedgerEntry> ledger = new HashMap<>();
    private List<Exchange> served = List.of();

    private ClientMatrix(Path directory, ClientGateway gateway) {
        this.directory = directory;
        this.gateway = gateway;
    }

    /** All runs that can be made here. */
    static List<ClientRun> runs() {
        boolean node = NodeScripts.missing().isEmpty();
        return Stream.concat(
                        BOTH_WAYS.stream()
                                .flatMap(client ->
                                        Stream.of(Target.values())
                                                .map(target -> new ClientRun(client, target))),
                        ONE_WAY.stream().map(client -> new ClientRun(client, Target.OPENAI)))
                .filter(run -> node || run.java())
                .toList();
    }

    /** Makes every run and waits until the ledger holds it. */
    static ClientMatrix of(List<ClientRun> runs, Path directory)
            throws IOException, InterruptedException, ExecutionException {
        var gateway = new ClientGateway(directory);
        var matrix = new ClientMatrix(directory, gateway);
        var plans = new HashMap<ClientRun, JsonNode>();
        for (var run : runs) {
            plans.put(run, run.plan(gateway.url(), gateway.key(run)));
        }
        plans.forEach((run, plan) -> gateway.awaitKnown(plan.path("key").asText(), run.target()));
        UtcDay.withRoom(Duration.ofMinutes(2)); // One of the limits is of a day.
        matrix.run(plans);
        matrix.settle(runs);
        return matrix;
    }

    private void settle(List<ClientRun> runs) {
        var upstream = gateway.upstream.ledger();
        served = upstream.awaitEnded(upstream.requests().size(), PATIENCE);
        for (var run : runs) {
            for (var entry : gateway.entries(run, metered(run), unanswered(run))) {
                assertThat(ledger.put(entry.call().requestId().value(), entry))
                        .as("once in the ledger: %s", entry)
                        .isNull();
            }
        }
    }

    private void run(Map<ClientRun, JsonNode> plans)
            throws IOException, InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var inJava = new HashMap<ClientRun, Future<JsonNode>>();
            plans.forEach((run, plan) -> {
                if (run.java()) {
                    inJava.put(run, threads.submit(() -> inJava(run, plan)));
                }
            });
            inNode(plans);
            for (var run : inJava.entrySet()) {
                reports.put(run.getKey(), run.getValue().get());
            }
        }
    }

    private static JsonNode inJava(ClientRun client, JsonNode plan) {
        var run = new JavaRun(plan);
        return run.report(
                switch (client.client()) {
                    case "openai-java" -> new OpenAiJavaChat(run).steps();
                    case "openai-java-responses" -> new OpenAiJavaResponses(run).steps();
                    case "anthropic-java" -> new AnthropicJava(run).steps();
                    default -> throw new IllegalArgumentException(client.name());
                });
    }

    private void inNode(Map<ClientRun, JsonNode> plans) throws IOException {
        var own = plans.keySet().stream().filter(run -> !run.java()).toList();
        if (own.isEmpty()) {
            return;
        }
        NodeScripts.install();
        var file = directory.resolve("plan.json");
        var all = JsonNodeFactory.instance.arrayNode();
        plans.forEach((run, plan) -> {
            if (!run.java()) {
                all.add(plan);
            }
        });
        Files.writeString(file, all.toString());
        var result = NodeScripts.run("clients.mjs", PATIENCE, "--plan", file.toString());
        assertThat(result.exitCode()).as(result.errors()).isZero();
        for (var run : own) {
            result.lines().stream()
                    .filter(line -> line.path("run").asText().equals(run.name()))
                    .forEach(report -> reports.put(run, report));
        }
    }

    private JsonNode report(ClientRun run) {
        var report = reports.get(run);
        if (report == null) {
            throw new AssertionError("no report of " + run);
        }
        return report;
    }

    /** What a step saw; it fails when the client threw what nobody expected. */
    JsonNode seen(ClientRun run, String step) {
        var seen = report(run).path("steps").path(step);
        assertThat(seen.isMissingNode()).as("%s of %s was not taken", step, run).isFalse();
        assertThat(seen.path("thrown").asText()).as("%s of %s", step, run).isEmpty();
        return seen;
    }

    /** Ids of the requests that a ledger knows: wrong keys, lists and counts are not in it. */
    Set<String> metered(ClientRun run) {
        return meteredRequests(run)
                .map(request -> request.path("request_id").asText())
                .collect(Collectors.toSet());
    }

    /** Requests that got no answer before the client gave up. */
    int unanswered(ClientRun run) {
        return (int) requests(run).filter(request -> request.path("status").asInt() == 0).count();
    }

    private Stream<JsonNode> requests(ClientRun run) {
        return StreamSupport.stream(report(run).path("requests").spliterator(), false);
    }

    private Stream<JsonNode> meteredRequests(ClientRun run) {
        return requests(run)
                .filter(request -> request.path("status").asInt() != 0)
                .filter(request -> request.path("status").asInt() != 401)
                .filter(request -> !request.path("path").asText().contains("/models"))
                .filter(request -> !request.path("path").asText().endsWith("/count_tokens"));
    }

    /** What all clients say they called, a line each, for {@code ledger.mjs}. */
    Path calls() throws IOException {
        var lines =
                reports.keySet().stream()
                        .flatMap(this::meteredRequests)
                        .map(JsonNode::toString)
                        .toList();
        return Files.write(directory.resolve("calls.ndjson"), lines);
    }

    Path runFile() {
        return gateway.runFile();
    }

    /** Every request that reached the upstream. */
    List<Exchange> served() {
        return served;
    }

    /** The entry of a request of any client. */
    Map<String, LedgerEntry> ledger() {
        return ledger;
    }

    List<LedgerEntry> entries(ClientRun run) {
        return ledger.values().stream().filter(run::owns).toList();
    }

    List<LedgerEntry> entries(ClientRun run, String use) {
        return entries(run).stream()
                .filter(entry -> entry.call().modelSlug().equals(run.target().slug(use)))
                .toList();
    }

    /** Requests for a use as the ledger counts them, and as the upstream does. */
    List<Integer> counts(ClientRun run, String use) {
        var ids = new ArrayList<String>();
        entries(run, use).forEach(entry -> ids.add(entry.call().requestId().value()));
        long atTheUpstream =
                served.stream().filter(e -> ids.contains(e.requestId().orElse(""))).count();
        return List.of(ids.size(), (int) atTheUpstream);
    }

    @Override
    public void close() {
        gateway.close();
    }
}
