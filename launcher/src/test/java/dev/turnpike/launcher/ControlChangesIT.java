package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /changes}: several commands, all or none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlChangesIT {
    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlClient client;

    @BeforeAll
    void start(@TempDir Path directory) {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        replica = ControlReplica.start(broker.bootstrapServers(), directory);
        client = replica.client();
    }

    @AfterAll
    void stop() {
        client.close();
        replica.close();
        broker.close();
    }

    @Test
    void laterCommandsNameWhatEarlierOnesMake() {
        var done =
                client.post(
                        "changes",
                        """
                        {"commands":[
                          {"name":"secret","method":"POST","path":"/credentials",
                           "body":{"name":"c","value":"v"}},
                          {"method":"POST","path":"/endpoints","body":{"slug":"together/m",
                           "targets":[{"provider":"OPENAI","target_model":"m",
                                       "secret_id":{"$result":"secret"}}]}},
                          {"name":"root","method":"POST","path":"/groups","body":{
                           "metadata":{"external_entity_id":"together"},
                           "models":[{"slug":"together/m"}]}},
                          {"method":"POST","path":"/groups","body":{
                           "metadata":{"external_entity_id":"together-child"},
                           "models":[{"slug":"together/m"}],
                           "hierarchy":{"parent_group_id":{"$result":"root"}}}},
                          {"name":"key","method":"POST","path":"/groups/{root}/api_keys"},
                          {"method":"DELETE","path":"/groups/{root}/api_keys/{key}"}]}
                        """);
        assertThat(done.status()).as("%s", done.body()).isEqualTo(200);
        var secret = done.text("/results/0/reply/id");
        assertThat(done.text("/results/1/reply/targets/0/secret_id")).isEqualTo(secret);
        var root = done.text("/results/2/reply/id");
        assertThat(done.text("/results/3/reply/hierarchy/parent_group_id")).isEqualTo(root);
        assertThat(done.text("/results/4/reply/api_key")).startsWith("tp_");
        assertThat(done.text("/results/5/action")).isEqualTo("api_key.revoked");
        assertThat(done.text("/results/5/before/prefix"))
                .isEqualTo(done.text("/results/4/reply/prefix"));
        assertThat(client.get("groups/" + root).status()).isEqualTo(200);

        var facts = client.get("audit_events?request_id=" + done.header("x-request-id"));
        assertThat(facts.body().path("items")).hasSize(6);
    }

    @Test
    void oneRefusalLeavesNothingAndNamesTheCommand() {
        var commands =
                """
                {"commands":[
                  {"method":"POST","path":"/endpoints",
                   "body":{"slug":"none/a","targets":[{"provider":"DEMO"}]}},
                  {"method":"POST","path":"/endpoints",
                   "body":{"slug":"%s","targets":[{"provider":"DEMO"}]}}]}
                """;
        var position = client.get("endpoints").header("x-turnpike-position");
        for (var slug : new String[] {"none/a", "nonsense"}) {
            var refused = client.post("changes", commands.formatted(slug));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text("/error/param")).isEqualTo("commands[1].body.slug");
        }
        var slugs = client.get("endpoints?limit=1000").body().findValuesAsText("slug");
        assertThat(slugs).doesNotContain("none/a");
        assertThat(client.get("endpoints").header("x-turnpike-position")).isEqualTo(position);
    }

    @Test
    void aDryRunShowsWhatWouldChangeAndIfMatchGuardsEachCommand() {
        var made = client.post("endpoints", endpoint("dry/one"));
        var path = "/endpoints/" + made.text("/id");
        var commands =
                """
                {"commands":[
                  {"method":"PATCH","path":"%s","if_match":%d,"body":{"slug":"%s"}},
                  {"name":"g","method":"POST","path":"/groups","body":{
                   "metadata":{"external_entity_id":"dry"},"models":[{"slug":"a/b"}]}},
                  {"method":"POST","path":"/groups/{g}/api_keys"}]}
                """;
        var whole = commands.formatted(path, 1, "dry/two");
        for (var match : List.of("\"1\"", "*", "W/\"1\"")) {
            var matched = client.send("POST", "changes", whole, Map.of("If-Match", match));
            assertThat(matched.status()).as(match).isEqualTo(412);
        }
        var dry = client.post("changes?dry_run=true", whole);
        assertThat(dry.status()).as("%s", dry.body()).isEqualTo(200);
        assertThat(dry.text("/results/0/action")).isEqualTo("endpoint.updated");
        assertThat(dry.text("/results/0/before/slug")).isEqualTo("dry/one");
        assertThat(dry.text("/results/0/reply/slug")).isEqualTo("dry/two");
        assertThat(dry.body().at("/results/2/reply/api_key").isNull()).isTrue();
        assertThat(client.get("/v1/gateway" + path).text("/slug")).isEqualTo("dry/one");

        var same = client.post("changes?dry_run=true", commands.formatted(path, 1, "dry/one"));
        assertThat(same.body().at("/results/0/action").isNull()).isTrue();
        assertThat(same.body().at("/results/0/facts").asInt()).isZero();

        var stale = client.post("changes", commands.formatted(path, 7, "dry/two"));
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.text("/error/param")).isEqualTo("commands[0]");
    }

    @Test
    void aRepetitionHasTheResultsOfTheFirstTimeWithTheSecretsOfWhatIsLeft() {
        var commands =
                """
                {"commands":[
                  {"name":"g","method":"POST","path":"/groups","body":{
                   "metadata":{"external_entity_id":"repeat"},"models":[{"slug":"a/b"}]}},
                  {"method":"PATCH","path":"/groups/{g}","body":{"metadata":{"name":"then"}}},
                  {"name":"k","method":"POST","path":"/groups/{g}/api_keys"},
                  {"name":"gone","method":"POST","path":"/groups/{g}/api_keys"},
                  {"method":"POST","path":"/webhooks","body":{"url":"https://example.com/r"}}]}
                """;
        var first = client.post("changes", commands, "r");
        assertThat(first.status()).as("%s", first.body()).isEqualTo(200);
        assertThat(first.body().path("repeated").asBoolean()).isFalse();
        assertThat(first.text("/results/4/reply/secret")).startsWith("whsec_");
        var group = "groups/" + first.text("/results/0/reply/id");
        client.patch(group, "{\"metadata\":{\"name\":\"now\"}}");

        var again = client.post("changes", commands, "r");

        assertThat(again.status()).as("%s", again.body()).isEqualTo(200);
        assertThat(again.body().path("repeated").asBoolean()).isTrue();
        assertThat(again.body().path("results")).isEqualTo(first.body().path("results"));

        client.delete(group + "/api_keys/" + first.text("/results/3/reply/prefix"));
        var later = client.post("changes", commands, "r");
        assertThat(later.body().at("/results/2")).isEqualTo(first.body().at("/results/2"));
        assertThat(later.body().at("/results/3/reply/api_key").isNull()).isTrue();
        assertThat(later.text("/results/3/reply/prefix"))
                .isEqualTo(first.text("/results/3/reply/prefix"));
        var state = client.get("audit_events?limit=1000").body().toString();
        assertThat(state).doesNotContain(first.text("/results/4/reply/secret"));
    }

    @Test
    void aRepetitionChangesNothing() {
        var commands =
                "{\"commands\":[{\"method\":\"POST\",\"path\":\"/endpoints\",\"body\":"
                        + endpoint("again/x")
                        + "}]}";
        assertThat(client.post("changes", commands, "k").body().path("results")).hasSize(1);
        var again = client.post("changes", commands, "k");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().path("repeated").asBoolean()).isTrue();
        var other = client.post("changes", commands.replace("again/x", "again/y"), "k");
        assertThat(other.code()).isEqualTo("idempotency_conflict");
    }

    @Test
    void everyCommandNeedsItsOwnRole() {
        var key =
                client.post("management_keys", "{\"name\":\"b\",\"role\":\"billing\"}")
                        .text("/key");
        try (var billing = client.as(key)) {
            var refused =
                    billing.post(
                            "changes",
                            "{\"commands\":[{\"method\":\"POST\",\"path\":\"/endpoints\",\"body\":"
                                    + endpoint("role/x")
                                    + "}]}");
            assertThat(refused.code()).isEqualTo("permission_denied");
            assertThat(refused.text("/error/param")).isEqualTo("commands[0].path");
        }
    }

    @Test
    void whatIsNoChangeIsRefused() {
        for (var command :
                new String[] {
                    "{\"method\":\"GET\",\"path\":\"/endpoints\"}",
                    "{\"method\":\"POST\",\"path\":\"/changes\",\"body\":{}}",
                    "{\"method\":\"POST\",\"path\":\"/nonsense\"}",
                    "{\"method\":\"POST\",\"path\":\"/webhooks/x/replay\",\"body\":{}}",
                    "{\"method\":\"POST\",\"path\":\"/endpoints\"}",
                    "{\"method\":\"DELETE\",\"path\":\"/endpoints/x\",\"body\":{}}",
                    "{\"method\":\"DELETE\",\"path\":\"/groups/{nobody}\"}",
                    "{\"method\":\"DELETE\",\"path\":\"/groups/x\",\"if_match\":\"1\"}",
                    "{\"method\":\"DELETE\",\"path\":\"/groups/x\",\"extra\":1}",
                }) {
            var refused = client.post("changes", "{\"commands\":[" + command + "]}");
            assertThat(refused.status()).as(command).isEqualTo(400);
            assertThat(refused.text("/error/param")).as(command).startsWith("commands[0]");
        }
        assertThat(client.post("changes", "{\"commands\":[]}").status()).isEqualTo(400);
        assertThat(client.post("changes", "").status()).isEqualTo(400);
    }

    private static String endpoint(String slug) {
        return "{\"slug\":\"" + slug + "\",\"targets\":[{\"provider\":\"DEMO\"}]}";
    }
}
