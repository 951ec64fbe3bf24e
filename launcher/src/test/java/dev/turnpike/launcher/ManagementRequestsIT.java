package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What holds for requests of every resource, and users, the older form of groups. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagementRequestsIT {
    private static final int PER_SECOND = 40;

    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlClient client;

    @BeforeAll
    void start(@TempDir Path directory) {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        var settings =
                Map.of(
                        "owner-key",
                        ControlReplica.OWNER_KEY,
                        "control.requests-per-second",
                        String.valueOf(PER_SECOND));
        replica = ControlReplica.start(broker.bootstrapServers(), directory, settings);
        client = replica.client();
    }

    @AfterAll
    void stop() {
        client.close();
        replica.close();
        broker.close();
    }

    @Test
    void aUserIsMadeAndChangedByItsCustomerId() {
        var made = client.post("users", user("customer-1", ",\"name\":\"One\"", 5));
        assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
        var id = made.text("/id");
        var changed = client.post("users", user("customer-1", "", 7));
        assertThat(changed.text("/id")).isEqualTo(id);
        assertThat(changed.text("/name")).isEqualTo("One");
        assertThat(changed.text("/models/0/usage_limits/0/threshold")).isEqualTo("7");
        assertThat(changed.header("etag")).isEqualTo("\"2\"");

        assertThat(client.get("users/" + id).body()).isEqualTo(changed.body());
        assertThat(client.get("groups/" + id).text("/metadata/external_entity_id"))
                .isEqualTo("customer-1");
        var listed = client.get("users?customer_id=customer-1").body().at("/items");
        assertThat(listed).hasSize(1);
        assertThat(client.get("users?customer_id=nobody").body().at("/items")).isEmpty();
        assertThat(client.get("users?customer_id=nobody&limit=0").status()).isEqualTo(400);

        var key = client.post("users/" + id + "/api_keys", "{\"models\":[\"acme/m\"]}");
        assertThat(key.status()).as("%s", key.body()).isEqualTo(200);
        var keyPath = "users/" + id + "/api_keys/" + key.text("/prefix");
        assertThat(client.get("users/" + id + "/api_keys").body().at("/items")).hasSize(1);
        assertThat(client.get(keyPath).status()).isEqualTo(200);
        assertThat(client.delete(keyPath).status()).isEqualTo(200);
        assertThat(client.get(keyPath).status()).isEqualTo(404);

        var gone = client.delete("users/" + id);
        assertThat(gone.text("/customer_id")).isEqualTo("customer-1");
        assertThat(gone.body().at("/deleted_groups")).hasSize(1);
        assertThat(client.get("users/" + id).status()).isEqualTo(404);
    }

    @Test
    void aGroupBelowAnotherIsNoUser() {
        var root = client.post("users", user("flat-root", "", 5)).text("/id");
        var below =
                client.post(
                                "groups",
                                """
                                {"metadata":{"external_entity_id":"flat-below"},
                                 "models":[{"slug":"acme/m"}],
                                 "hierarchy":{"parent_group_id":"%s"}}
                                """
                                        .formatted(root))
                        .text("/id");
        assertThat(client.get("users/" + below).status()).isEqualTo(404);
        assertThat(client.delete("users/" + below).status()).isEqualTo(404);
        assertThat(client.post("users/" + below + "/api_keys", "{}").status()).isEqualTo(404);
        assertThat(client.get("users/" + below + "/api_keys").status()).isEqualTo(404);
        assertThat(client.get("users?customer_id=flat-below").body().at("/items")).isEmpty();
        assertThat(client.post("users", user("flat-below", "", 5)).text("/error/param"))
                .isEqualTo("customer_id");
        assertThat(client.get("users").body().at("/items"))
                .noneMatch(item -> item.path("id").asText().equals(below));
    }

    @Test
    void ofManyCreationsOfOneSlugExactlyOneWins() throws Exception {
        var endpoint = "{\"slug\":\"race/one\",\"targets\":[{\"provider\":\"DEMO\"}]}";
        Callable<Integer> create = () -> client.post("endpoints", endpoint).status();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = new ArrayList<Integer>();
            for (var result : threads.invokeAll(Collections.nCopies(20, create))) {
                statuses.add(result.get());
            }
            assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 400);
        }
    }

    @Test
    void manyRetriesAtOnceMintOneKeyAndAllShowIt() throws Exception {
        var keys =
                "users/" + client.post("users", user("retried", "", 5)).text("/id") + "/api_keys";
        Callable<JsonNode> mint = () -> client.post(keys, "{}", "at-once").body();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var shown = new HashSet<JsonNode>();
            for (var result : threads.invokeAll(Collections.nCopies(20, mint))) {
                shown.add(result.get());
            }
            assertThat(shown).hasSize(1);
            assertThat(shown.iterator().next().path("api_key").asText()).startsWith("tp_");
        }
        assertThat(client.get(keys).body().at("/items")).hasSize(1);
    }

    @Test
    void everyKindOfChangeIsRepeatedByItsKey() {
        var path = "groups/" + client.post("users", user("kinds", "", 5)).text("/id");
        var key = Map.of("Idempotency-Key", "once");
        var name = "{\"metadata\":{\"name\":\"%s\"}}";
        var changed = client.send("PATCH", path, name.formatted("a"), key);
        client.patch(path, name.formatted("b"));
        var again = client.send("PATCH", path, name.formatted("a"), key);
        assertThat(changed.text("/metadata/name")).isEqualTo("a");
        assertThat(again.text("/metadata/name")).isEqualTo("b");
        assertThat(client.send("PATCH", path, name.formatted("c"), key).code())
                .isEqualTo("idempotency_conflict");

        var gone = client.send("DELETE", path, null, key);
        assertThat(gone.body().at("/deleted_groups")).hasSize(1);
        assertThat(client.send("DELETE", path, null, key).body()).isEqualTo(gone.body());
        assertThat(client.delete(path).status()).isEqualTo(404);
    }

    @Test
    void aSecretThatHasBeenReplacedIsNotShownAgain() {
        var url = "{\"url\":\"https://example.com/\"}";
        var made = client.post("webhooks", url, "made");
        assertThat(client.post("webhooks", url, "made").body()).isEqualTo(made.body());
        var rotate = "webhooks/" + made.text("/id") + "/rotate_secret";
        var first = client.post(rotate, "{}", "first");
        assertThat(client.post(rotate, "{}", "first").body()).isEqualTo(first.body());
        assertThat(client.post("webhooks", url, "made").code()).isEqualTo("idempotency_conflict");

        var second = client.post(rotate, "{}", "second");
        var replaced = client.post(rotate, "{}", "first");
        assertThat(replaced.status()).isEqualTo(409);
        assertThat(replaced.text("/error/message")).contains("replaced");
        assertThat(client.post(rotate, "{}", "second").body()).isEqualTo(second.body());
    }

    @Test
    void ofAChangeThatIsRepeatedOnlyTheSecretsThatStillHoldAreShown() {
        var both =
                """
                {"commands":[
                 {"name":"w","method":"POST","path":"/webhooks",
                  "body":{"url":"https://example.com/"}},
                 {"method":"POST","path":"/webhooks/{w}/rotate_secret","body":{}},
                 {"method":"POST","path":"/webhooks",
                  "body":{"url":"https://example.com/2"}}]}
                """;
        var done = client.post("changes", both, "both");
        assertThat(done.status()).as("%s", done.body()).isEqualTo(200);
        var again = client.post("changes", both, "both");
        assertThat(again.body().at("/results/0/reply/secret").isNull()).isTrue();
        for (var path : List.of("/results/1/reply/secret", "/results/2/reply/secret")) {
            assertThat(again.text(path)).startsWith("whsec_").isEqualTo(done.text(path));
        }
    }

    @Test
    void aDryRunAnswersWhatWouldBeAndChangesNothing() {
        var group = client.post("users", user("dry", "", 5)).text("/id");
        var before = client.get("audit_events?limit=1000").body();
        List<ControlClient.Got> answers =
                List.of(
                        client.post("users?dry_run=true", user("dry", "", 9)),
                        client.post("users?dry_run=true", user("dry-new", "", 9)),
                        client.post("groups/" + group + "/api_keys?dry_run=true", "{}"),
                        client.patch(
                                "groups/" + group + "?dry_run=true",
                                "{\"metadata\":{\"name\":\"n\"}}"),
                        client.delete("groups/" + group + "?dry_run=true"),
                        client.post("credentials?dry_run=true", "{\"name\":\"c\",\"value\":\"v\"}"),
                        client.post("webhooks?dry_run=true", "{\"url\":\"https://example.com/\"}"),
                        client.post(
                                "management_keys?dry_run=true",
                                "{\"name\":\"k\",\"role\":\"auditor\"}"),
                        client.post(
                                "endpoints?dry_run=true",
                                "{\"slug\":\"dry/x\",\"targets\":[{\"provider\":\"DEMO\"}]}"));
        for (var answer : answers) {
            assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
            assertThat(answer.body().path("dry_run").asBoolean()).isTrue();
            for (var secret : List.of("api_key", "key", "secret")) {
                assertThat(answer.body().path(secret).isTextual()).isFalse();
            }
        }
        assertThat(answers.getFirst().text("/models/0/usage_limits/0/threshold")).isEqualTo("9");
        assertThat(client.patch("groups/" + group + "?dry_run=true", "{\"models\":1}").status())
                .isEqualTo(400);
        assertThat(client.get("audit_events?limit=1000").body()).isEqualTo(before);
    }

    @Test
    void headAnswersLikeGetWithoutABody() {
        var got = client.get("whoami");
        var head = client.send("HEAD", "whoami", null, Map.of());
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.raw().body()).isEmpty();
        assertThat(head.header("content-length")).isEqualTo(got.header("content-length"));
        assertThat(head.header("etag")).isEqualTo(got.header("etag"));
        assertThat(client.send("HEAD", "groups/none", null, Map.of()).status()).isEqualTo(404);
        var health = client.send("HEAD", "/health/ready", null, Map.of());
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.raw().body()).isEmpty();
        assertThat(client.get("whoami").status()).isEqualTo(200);
    }

    @Test
    void whatIsNotThereAndWhatIsNotDoneAreToldApart() {
        var nowhere = client.get("nothing");
        assertThat(nowhere.status()).isEqualTo(404);
        assertThat(nowhere.code()).isEqualTo("unknown_url");
        var method = client.send("PUT", "groups", "{}", Map.of());
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.code()).isEqualTo("method_not_allowed");
        assertThat(method.header("allow")).isEqualTo("GET, HEAD, POST");
    }

    @Test
    void aCreationMatchesNoVersion() {
        var headers = Map.of("If-Match", "\"1\"");
        assertThat(client.send("POST", "users", user("matched", "", 5), headers).status())
                .isEqualTo(412);
        assertThat(client.post("users", user("matched", "", 5)).status()).isEqualTo(200);
        assertThat(client.send("POST", "users", user("matched", "", 6), headers).status())
                .isEqualTo(200);
        assertThat(client.send("POST", "users", user("matched", "", 7), headers).status())
                .isEqualTo(412);
    }

    @Test
    void auditEventsAreFoundByActorResourceRequestAndTime() {
        var made = client.post("users", user("audited-user", "", 5));
        var request = made.header("x-request-id");
        var fact = one("request_id=" + request);
        assertThat(fact.path("action").asText()).isEqualTo("group.created");
        var at = fact.path("at").asText();
        var id = made.text("/id");
        var actor = ControlReplica.OWNER_KEY.substring(0, 16);
        assertThat(one("resource_type=group&resource_id=" + id + "&actor_id=" + actor))
                .isEqualTo(fact);
        assertThat(one("start_time=" + at + "&request_id=" + request)).isEqualTo(fact);
        var before = client.get("audit_events?end_time=" + at + "&request_id=" + request);
        assertThat(before.body().at("/items")).isEmpty();
        assertThat(before.body().at("/pagination/has_more").asBoolean()).isFalse();
        assertThat(client.get("audit_events?start_time=now").text("/error/param"))
                .isEqualTo("start_time");
    }

    @Test
    void aKeyThatAsksTooOftenIsToldWhenToComeBack() {
        var made = client.post("management_keys", "{\"name\":\"busy\",\"role\":\"auditor\"}");
        try (var busy = client.as(made.text("/key"))) {
            var refused =
                    Eventually.await(
                            Duration.ofSeconds(60),
                            "a refusal",
                            () -> worst(() -> busy.get("prices")),
                            got -> got.status() != 200);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("rate_limit_exceeded");
            assertThat(refused.header("retry-after")).isIn("1", "2");
            assertThat(busy.get("endpoints").status()).isEqualTo(200);
            assertThat(client.get("prices").status()).isEqualTo(200);
        }
    }

    /** What was answered worst to as many at once as may ask in a second, and one more. */
    private static ControlClient.Got worst(Supplier<ControlClient.Got> asked) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all =
                    Stream.generate(() -> CompletableFuture.supplyAsync(asked, threads))
                            .limit(PER_SECOND + 1)
                            .toList();
            return all.stream()
                    .map(CompletableFuture::join)
                    .max(Comparator.comparing(ControlClient.Got::status))
                    .orElseThrow();
        }
    }

    private JsonNode one(String filter) {
        var items = client.get("audit_events?" + filter).body().at("/items");
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    private static String user(String customer, String more, int perDay) {
        return """
        {"customer_id":"%s"%s,"models":[{"slug":"acme/m",
         "usage_limits":[{"type":"REQUEST","unit":"DAY","threshold":%d}]}]}
        """
                .formatted(customer, more, perDay);
    }
}
