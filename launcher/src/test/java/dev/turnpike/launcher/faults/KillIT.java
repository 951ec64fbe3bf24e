package dev.turnpike.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.faults.Cluster.Member;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.upstream.Exchange;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import dev.turnpike.testkit.webhook.WebhookSink;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills processes in the middle of streams and counts. The upstream's own ledger is the oracle:
 * what it was asked for stands in our ledger once, and was delivered.
 */
class KillIT {
    private static final int CYCLES = 20;
    private static final int CLIENTS = 4;
    private static final int ANSWERS_BETWEEN_KILLS = 12;
    private static final List<Member> VICTIMS =
            List.of(Member.EDGE, Member.USAGE_AGGREGATOR, Member.WEBHOOK_DISPATCHER);

    @TempDir Path directory;

    private ScriptedUpstream upstream;
    private WebhookSink sink;
    private Cluster cluster;
    private LedgerCopy ledger;
    private String apiKey;

    @BeforeEach
    void start() {
        upstream = ScriptedUpstream.start();
        sink = WebhookSink.start();
        cluster = new Cluster(directory);
        ledger = new LedgerCopy(cluster.bootstrapServers());
        cluster.create(
                "endpoints",
                """
                {"slug":"acme/slow","targets":[{"provider":"OPENAI_COMPATIBLE",
                 "target_model":"slow-20ms","base_url":"%s"}]}\
                """
                        .formatted(upstream.baseUrl()));
        var group =
                cluster.create(
                        "groups",
                        """
                        {"metadata":{"external_entity_id":"acme"},"models":[{"slug":"acme/slow"}]}\
                        """);
        var groupId = group.path("id").asText();
        apiKey = cluster.create("groups/" + groupId + "/api_keys", "{}").path("api_key").asText();
        cluster.create("webhooks", "{\"url\":\"%s\"}".formatted(sink.url()));
    }

    @AfterEach
    void stop() {
        ledger.close();
        cluster.close();
        sink.close();
        upstream.close();
    }

    @Test
    void whatWasServedIsBilledAndDeliveredOnceThroughTwentyKills() {
        try (var load = new Load(cluster.edgePort(), apiKey, CLIENTS)) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                awaitAnswers(load, ANSWERS_BETWEEN_KILLS);
                var victim = VICTIMS.get(cycle % VICTIMS.size());
                // It came back while the others were served, and only now is in anybody's way.
                cluster.awaitReady(victim);
                cluster.kill(victim);
                cluster.start(victim);
            }
            awaitAnswers(load, ANSWERS_BETWEEN_KILLS);
            VICTIMS.forEach(cluster::awaitReady);
        }
        everythingAgrees();
    }

    @Test
    void requestsGoOnWhileTheBrokerIsDownAndNothingIsLost() {
        try (var load = new Load(cluster.edgePort(), apiKey, CLIENTS)) {
            for (int cycle = 0; cycle < 2; cycle++) {
                awaitAnswers(load, ANSWERS_BETWEEN_KILLS);
                cluster.kill(Member.BROKER);
                int brokenBefore = load.broken();
                awaitAnswers(load, 5 * ANSWERS_BETWEEN_KILLS);
                assertThat(load.broken())
                        .as("broken while the broker was down")
                        .isEqualTo(brokenBefore);
                cluster.start(Member.BROKER);
                cluster.awaitReady(Member.BROKER);
            }
            awaitAnswers(load, ANSWERS_BETWEEN_KILLS);
        }
        everythingAgrees();
    }

    private static void awaitAnswers(Load load, int more) {
        int wanted = load.answered() + more;
        Eventually.await(Cluster.PATIENCE, wanted + " answers", () -> load.answered() >= wanted);
    }

    private void everythingAgrees() {
        var asked = askedFor();
        Eventually.await(
                Cluster.PATIENCE,
                "all of " + asked.size() + " requests in the ledger",
                () -> ids(ledger.charged()).containsAll(asked));
        Eventually.await(
                Cluster.PATIENCE,
                "the charged entries, and no others, delivered",
                () -> sink.eventCounts().keySet().equals(entryIds(ledger.charged())));

        var entries = List.copyOf(ledger.entries());
        assertThat(ids(entries)).as("ledger").hasSize(entries.size());
        var charged = entries.stream().filter(LedgerEntry::charged).toList();
        assertThat(askedForNothing(charged, asked)).as("charged, but never asked for").isEmpty();
    }

    /** What the upstream was asked for, by its own account. */
    private Set<String> askedFor() {
        return upstream.ledger().requests().stream()
                .flatMap((Exchange exchange) -> exchange.requestId().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Charged entries that the upstream knows nothing of. An edge that dies between noting that it
     * calls and calling leaves a prompt nobody saw, closed as aborted; nothing else may.
     */
    private static List<String> askedForNothing(List<LedgerEntry> charged, Set<String> asked) {
        return charged.stream()
                .filter(entry -> !asked.contains(entry.call().requestId().value()))
                .filter(entry -> entry.outcome() != Outcome.ABORTED)
                .map(entry -> entry.call().requestId().value())
                .toList();
    }

    private static Set<String> ids(List<LedgerEntry> entries) {
        return entries.stream()
                .map(entry -> entry.call().requestId().value())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> entryIds(List<LedgerEntry> entries) {
        return entries.stream()
                .map(LedgerEntry::entryId)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
