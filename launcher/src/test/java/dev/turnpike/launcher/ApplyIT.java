package dev.turnpike.launcher;

import static dev.turnpike.launcher.ControlReplica.OWNER_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.launcher.cli.Console;
import dev.turnpike.launcher.cli.TurnpikeCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code turnpike apply} against a control plane that begins empty. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApplyIT {
    private static final String DECLARED =
            """
            credentials:
              - {name: openai, value_file: openai.key}
            endpoints:
              - slug: acme/chat
                targets: [{provider: OPENAI, target_model: gpt, credential: openai}]
              - {slug: acme/demo, targets: [{provider: DEMO}]}
            groups:
              - external_entity_id: acme
                name: Acme
                limit_enforcement: CASCADING
                models:
                  - slug: acme/chat
                    rate_limits: [{type: REQUEST, unit: MINUTE, threshold: 100}]
                children:
                  - external_entity_id: acme-team
                    models:
                      - slug: acme/chat
                        rate_limits: [{type: REQUEST, unit: MINUTE, threshold: 50}]
            webhooks:
              - url: https://billing.example.com/usage
                filter: {groups: [acme]}
            """;

    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlClient client;
    private Path file;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        replica = ControlReplica.start(broker.bootstrapServers(), directory);
        client = replica.client();
        file = directory.resolve("turnpike.yaml");
        Files.writeString(directory.resolve("openai.key"), "sk-of-the-provider\n");
    }

    @AfterEach
    void stop() {
        client.close();
        replica.close();
        broker.close();
    }

    @Test
    void everythingIsMadeAsOneChangeAndTheSecondTimeThereIsNothingToDo() throws IOException {
        Files.writeString(file, DECLARED);
        var first = apply("--yes");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.err())
                .contains("+ credentials openai  (POST /credentials)")
                .contains("+ groups acme-team", "    metadata.name: Acme")
                .doesNotContain("sk-of-the-provider");
        assertThat(first.out()).startsWith("Changed 6 as one change.").contains("whsec_");

        var facts = client.get("audit_events?resource_type=group").body().path("items");
        assertThat(facts).hasSize(2);
        assertThat(facts.findValuesAsText("request_id").stream().distinct()).hasSize(1);
        assertThat(one("endpoints", 0).at("/targets/0/secret_id"))
                .isEqualTo(one("credentials", 0).path("id"));
        assertThat(one("groups", 1).at("/hierarchy/parent_group_id"))
                .isEqualTo(one("groups", 0).path("id"));
        assertThat(one("webhooks", 0).at("/filter/group_ids/0"))
                .isEqualTo(one("groups", 0).path("id"));

        Files.writeString(file, DECLARED.replace("name: Acme", "nmae: Acme"));
        assertThat(apply("--yes").err()).contains("groups acme: the field nmae is unknown");
        Files.writeString(file, DECLARED);
        var second = apply("--yes");
        assertThat(second.out()).isEqualTo("Nothing to change.\n");
        assertThat(second.err()).isEmpty();
        assertThat(client.get("audit_events?resource_type=group").body().path("items")).hasSize(2);
    }

    @Test
    void whatDiffersIsShownAndOnlyAYesChangesIt() throws IOException {
        Files.writeString(file, DECLARED);
        apply("--yes");
        // Both limits sink below the child's old one: only bottom-up is allowed.
        Files.writeString(
                file,
                DECLARED.replace("threshold: 100", "threshold: 40")
                        .replace("threshold: 50", "threshold: 30"));
        var position = position();
        for (var answer : List.of("", "n\n", "what\n")) {
            var declined = answering(answer);
            assertThat(declined.code()).isEqualTo(1);
            assertThat(declined.err())
                    .contains("~ groups acme  (PATCH /groups/grp_")
                    .contains("models[0].rate_limits[0].threshold: 100 -> 40")
                    .contains("Change these 2 as one change? [y/N]", "Nothing was changed.");
        }
        assertThat(apply("--dry-run").code()).isZero();
        assertThat(position()).isEqualTo(position);
        assertThat(answering("y\n").out()).startsWith("Changed 2 as one change.");
        assertThat(one("groups", 1).at("/models/0/rate_limits/0/threshold").asInt()).isEqualTo(30);
    }

    @Test
    void someLimitsOfATreeMayRiseWhileOthersSinkAndOthersComeAndGo() throws IOException {
        var tree =
                """
                groups:
                  - external_entity_id: acme
                    limit_enforcement: CASCADING
                    models: [{slug: acme/m, %s}]
                    children:
                      - {external_entity_id: team, models: [{slug: acme/m, %s}]}
                """;
        var limits = "rate_limits: [%s], usage_limits: [%s]";
        var minute = "{type: REQUEST, unit: MINUTE, threshold: %d}";
        var hour = "{type: REQUEST, unit: HOUR, threshold: %d}";
        var dollars = "{type: COST, unit: MONTH, threshold: %s}";
        Files.writeString(
                file,
                tree.formatted(
                        limits.formatted(minute.formatted(100), dollars.formatted("'10.5'")),
                        limits.formatted(
                                minute.formatted(90) + ", " + hour.formatted(500),
                                dollars.formatted("9"))));
        assertThat(apply("--yes").code()).isZero();
        Files.writeString(
                file,
                tree.formatted(
                        limits.formatted(
                                minute.formatted(40) + ", " + hour.formatted(400),
                                dollars.formatted("100")),
                        limits.formatted(minute.formatted(30), dollars.formatted("90"))));
        var applied = apply("--yes");
        assertThat(applied.code()).as(applied.err()).isZero();
        var team = one("groups", 1).path("models").path(0);
        assertThat(team.path("rate_limits")).hasSize(1);
        assertThat(team.at("/rate_limits/0/threshold").asInt()).isEqualTo(30);
        assertThat(team.at("/usage_limits/0/threshold").asText()).isEqualTo("90");
        assertThat(apply("--yes").out()).isEqualTo("Nothing to change.\n");

        Files.writeString(
                file,
                tree.formatted(
                        limits.formatted(minute.formatted(50), dollars.formatted("80")),
                        limits.formatted(minute.formatted(45), dollars.formatted("81"))));
        assertThat(apply("--yes").err()).contains("groups ", "exceeds parent");
    }

    @Test
    void aLimitMaySinkBelowThatOfAChildWhichIsPrunedWithTheSameFile() throws IOException {
        var limit = "{slug: acme/m, rate_limits: [{type: REQUEST, unit: MINUTE, threshold: %d}]}";
        var group =
                """
                groups:
                  - external_entity_id: acme
                    limit_enforcement: CASCADING
                    models: [%s]
                    children: [%s]
                """;
        var child = "{external_entity_id: team, models: [" + limit.formatted(100) + "]}";
        Files.writeString(file, group.formatted(limit.formatted(100), child));
        var made = apply("--yes");
        assertThat(made.code()).as(made.err()).isZero();
        Files.writeString(file, group.formatted(limit.formatted(50), ""));

        var pruned = apply("--yes", "--prune");

        assertThat(pruned.code()).as(pruned.err()).isZero();
        assertThat(pruned.out()).startsWith("Changed 2 as one change.");
        assertThat(client.get("groups").body().path("items")).hasSize(1);
        assertThat(one("groups", 0).at("/models/0/rate_limits/0/threshold").asInt()).isEqualTo(50);
    }

    @Test
    void aGroupUnderAnotherParentIsNotTakenForTheSame() throws IOException {
        var group = "{external_entity_id: %s, models: [{slug: a/b}], children: [%s]}";
        var one = group.formatted("one", group.formatted("moved", ""));
        Files.writeString(file, "groups: [" + one + ", " + group.formatted("two", "") + "]");
        assertThat(apply("--yes").code()).isZero();
        var position = position();
        for (var parent : List.of("two", "three")) {
            var moved = group.formatted(parent, group.formatted("moved", ""));
            Files.writeString(file, "groups: [" + moved + "]");
            var refused = apply("--yes", "--prune");
            assertThat(refused.code()).isEqualTo(65);
            assertThat(refused.err()).contains("groups moved: a group cannot be moved");
        }
        assertThat(position()).isEqualTo(position);
    }

    @Test
    void oneRefusalLeavesEverythingAsItWas() throws IOException {
        Files.writeString(file, DECLARED.replace("threshold: 50", "threshold: 500"));
        var position = position();
        var refused = apply("--yes");
        assertThat(refused.code()).isEqualTo(65);
        assertThat(refused.err()).contains("groups acme-team: ", "exceeds parent");
        assertThat(position()).isEqualTo(position);
        assertThat(client.get("endpoints").body().path("items")).isEmpty();
    }

    @Test
    void pruningDeletesWhatTheFileDoesNotName() throws IOException {
        Files.writeString(file, DECLARED);
        apply("--yes");
        Files.writeString(
                file,
                """
                endpoints:
                  - {slug: acme/demo, targets: [{provider: DEMO}]}
                groups: []
                """);
        assertThat(apply("--yes").out()).isEqualTo("Nothing to change.\n");
        var pruned = apply("--yes", "--prune");
        assertThat(pruned.code()).as(pruned.err()).isZero();
        assertThat(pruned.err())
                .contains("- endpoints acme/chat", "- groups acme", "deletes 2 groups")
                .doesNotContain("- groups acme-team", "credentials", "webhooks");
        assertThat(client.get("groups").body().path("items")).isEmpty();
        assertThat(client.get("endpoints").body().path("items")).hasSize(1);
        assertThat(client.get("credentials").body().path("items")).hasSize(1);
    }

    @Test
    void aNameThatSeveralHaveIsAnErrorThatNamesThem() throws IOException {
        var name = "{\"name\":\"twice\",\"value\":\"v\"}";
        var first = client.post("credentials", name).text("/id");
        var second = client.post("credentials", name).text("/id");
        var url = "{\"url\":\"https://billing.example.com/usage\"}";
        client.post("webhooks", url);
        client.post("webhooks", url);
        var position = position();
        for (var ambiguous :
                Map.of(
                                "endpoints: [{slug: a/b, targets: [{provider: OPENAI, target_model: m, credential: twice}]}]",
                                        "credentials twice: there are 2 with this name",
                                "credentials: [{name: twice, value_env: HOME}]",
                                        "credentials twice: there are 2 with this name",
                                "webhooks: [{url: 'https://billing.example.com/usage'}]",
                                        "webhooks https://billing.example.com/usage: there are 2")
                        .entrySet()) {
            Files.writeString(file, ambiguous.getKey());
            var refused = apply("--yes");
            assertThat(refused.code()).as(ambiguous.getKey()).isEqualTo(65);
            assertThat(refused.err()).contains(ambiguous.getValue());
        }
        Files.writeString(file, "credentials: [{name: twice, value_env: HOME}]");
        assertThat(apply("--yes").err()).contains(first, second);
        assertThat(position()).isEqualTo(position);

        Files.writeString(file, "credentials: []");
        var pruned = apply("--yes", "--prune");
        assertThat(pruned.out()).as(pruned.err()).startsWith("Changed 2 as one change.");
        assertThat(client.get("credentials").body().path("items")).isEmpty();
    }

    @Test
    void aFileWithAMistakeNamesTheMistake() throws IOException {
        for (var mistake :
                Map.of(
                                "gruops: []", "gruops: no such section",
                                "endpoints: {}", "endpoints: must be a list",
                                "endpoints: [{targets: []}]", "endpoints[0].slug: is required",
                                "groups: [{external_entity_id: a, models: [{slug: a/b}], modles: []}]",
                                        "modles",
                                "credentials: [{name: x}]", "needs value_file or value_env",
                                "credentials: [{name: x, value_env: ABSENT}]", "ABSENT is not set",
                                "endpoints: [{slug: a/b, targets: [{credential: no}]}]",
                                        "credentials no: does not exist",
                                "endpoints: [{slug: x, targets: []}]", "endpoints x: slug: ")
                        .entrySet()) {
            Files.writeString(file, mistake.getKey());
            var refused = apply("--yes");
            assertThat(refused.code()).as(mistake.getKey()).isEqualTo(65);
            assertThat(refused.err()).contains(mistake.getValue());
        }
    }

    private JsonNode one(String section, int index) {
        return client.get(section).body().path("items").path(index);
    }

    private String position() {
        return client.get("endpoints").header("x-turnpike-position");
    }

    /** What a command ended with. */
    private record Ended(int code, String out, String err) {}

    private Ended apply(String... options) {
        return answering("", options);
    }

    private Ended answering(String stdin, String... options) {
        var environment = Map.of("TURNPIKE_URL", replica.url(), "TURNPIKE_KEY", OWNER_KEY);
        var args = Stream.concat(Stream.of("apply", "-f", file.toString()), Stream.of(options));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console =
                new Console(
                        environment,
                        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        int code = TurnpikeCommand.run(console, args.toArray(String[]::new));
        return new Ended(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
