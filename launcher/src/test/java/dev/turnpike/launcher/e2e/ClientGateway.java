package dev.turnpike.launcher.e2e;

import dev.turnpike.launcher.e2e.ClientRun.Target;
import dev.turnpike.launcher.faults.LedgerCopy;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A running Turnpike in front of a scripted upstream, for many clients at once. */
final class ClientGateway implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FORBIDDEN = "forbidden";
    private static final String HASTY = ",\"timeouts\":{\"first_byte_ms\":300}";
    private static final String ONE_A =
            ",\"%s\":[{\"type\":\"REQUEST\",\"unit\":\"%s\",\"threshold\":1}]";

    /**
     * A model of every group.
     *
     * @param name what clients use it for
     * @param script how the upstream answers
     * @param limits members of the group's access to it
     * @param target members of its target
     */
    record Use(String name, String script, String limits, String target) {
        Use(String name, String script) {
            this(name, script, "");
        }

        Use(String name, String script, String limits) {
            this(name, script, limits, "");
        }

        String endpoint(String slug, String provider, String url, String more) {
            return """
            {"slug":"%s","targets":[{"provider":"%s","target_model":"%s","base_url":"%s"%s%s}]}\
            """
                    .formatted(slug, provider, script, url, target, more);
        }
    }

    static final List<Use> USES =
            List.of(
                    new Use("good", "good"),
                    new Use("tools", "tools"),
                    new Use("parallel_tools", "parallel-tools"),
                    new Use("structured", "structured"),
                    new Use("embedding", "good"),
                    new Use("endless", "endless"),
                    new Use("paused", "paused"),
                    new Use("broken", "reset-midstream"),
                    new Use("too_long", "error-context"),
                    new Use("too_large", "error-413"),
                    new Use("unprocessable", "error-422"),
                    new Use(FORBIDDEN, "good"),
                    new Use("late", "late", "", HASTY),
                    new Use("busy", "busy-429"),
                    new Use("down", "busy-503"),
                    new Use("hang", "hang"),
                    new Use("flaky_429", "flaky-429"),
                    new Use("flaky_503", "flaky-503"),
                    new Use("quota", "good", ONE_A.formatted("usage_limits", "DAY")),
                    new Use("minute", "good", ONE_A.formatted("rate_limits", "MINUTE")),
                    new Use("second", "good", ONE_A.formatted("rate_limits", "SECOND")));

    final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final RunningTurnpike turnpike;
    private final Operator owner;
    private final LedgerCopy ledger;

    /**
     * Starts both and publishes every model.
     *
     * @param directory existing; receives data and output
     */
    ClientGateway(Path directory) throws IOException {
        turnpike = RunningTurnpike.start(directory, List.of());
        owner = new Operator(turnpike.controlUrl(), RunningTurnpike.OWNER_KEY);
        ledger = new LedgerCopy(turnpike.bootstrapServers());
        var secret =
                owner.create(
                                "/v1/gateway/credentials",
                                "{\"name\":\"provider\",\"value\":\"sk-ant-scripted\"}")
                        .path("id")
                        .asText();
        for (var use : USES) {
            var atOpenAi = Target.OPENAI.slug(use.name());
            var atAnthropic = Target.ANTHROPIC.slug(use.name());
            publish(
                    use,
                    atOpenAi,
                    use.endpoint(atOpenAi, "OPENAI_COMPATIBLE", upstream.baseUrl(), ""));
            publish(
                    use,
                    atAnthropic,
                    use.endpoint(
                            atAnthropic,
                            "ANTHROPIC",
                            "http://127.0.0.1:" + upstream.port(),
                            ",\"secret_id\":\"" + secret + "\""));
        }
    }

    private void publish(Use use, String slug, String body) throws IOException {
        var id = owner.create("/v1/gateway/endpoints", body).path("id").asText();
        if (use.name().equals(FORBIDDEN)) {
            OldEndpoint.write(turnpike.bootstrapServers(), id, slug, upstream.baseUrl());
        }
    }

    /** The root under which clients reach it. */
    String url() {
        return turnpike.gatewayUrl();
    }

    Path runFile() {
        return turnpike.runFile();
    }

    /** A key of a new group that may use every model of its target, once the gateway knows it. */
    String key(ClientRun run) throws IOException {
        var models = new ArrayList<String>();
        for (var use : USES) {
            models.add(
                    "{\"slug\":\"%s\"%s}".formatted(run.target().slug(use.name()), use.limits()));
        }
        return owner.key(owner.group(run.group(), "[" + String.join(",", models) + "]"));
    }

    /** Waits until the gateway knows a key and all of its models. */
    void awaitKnown(String key, Target target) {
        try (var client = new Operator(url(), key)) {
            Eventually.await(PATIENCE, "the last key", () -> client.sees(target.slug("second")));
        }
    }

    /**
     * The entries of a group, once the ledger holds all of {@code requestIds}, and as many more as
     * there were requests whose ids the client never learnt.
     */
    List<LedgerEntry> entries(ClientRun run, Set<String> requestIds, int unanswered) {
        return Eventually.await(
                PATIENCE,
                "the requests of " + run,
                () -> entries(run),
                entries ->
                        ids(entries).containsAll(requestIds)
                                && entries.size() >= requestIds.size() + unanswered);
    }

    private List<LedgerEntry> entries(ClientRun run) {
        return ledger.entries().stream().filter(run::owns).toList();
    }

    private static Set<String> ids(List<LedgerEntry> entries) {
        var ids = new HashSet<String>();
        entries.forEach(entry -> ids.add(entry.call().requestId().value()));
        return ids;
    }

    @Override
    public void close() {
        ledger.close();
        owner.close();
        turnpike.close();
        upstream.close();
    }
}
