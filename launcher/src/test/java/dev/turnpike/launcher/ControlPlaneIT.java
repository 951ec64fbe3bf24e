package dev.turnpike.launcher;

import static dev.turnpike.launcher.ControlReplica.OWNER_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The management API on a real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlPlaneIT {
    private static final String DEMO_TARGET = "[{\"provider\":\"DEMO\"}]";

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
    void anEndpointIsCreatedReadRenamedAndDeleted() {
        var made = client.post("endpoints", endpoint("crud/one", DEMO_TARGET));
        assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
        assertThat(made.header("etag")).isEqualTo("\"1\"");
        assertThat(made.header("x-request-id")).startsWith("req_");
        var path = "endpoints/" + made.text("/id");

        var renamed = client.patch(path, "{\"slug\":\"crud/two\"}");
        assertThat(renamed.text("/slug")).isEqualTo("crud/two");
        assertThat(renamed.header("etag")).isEqualTo("\"2\"");
        assertThat(client.get(path).body()).isEqualTo(renamed.body());

        assertThat(client.delete(path).body().toString())
                .isEqualTo("{\"id\":\"" + made.text("/id") + "\",\"slug\":\"crud/two\"}");
        assertThat(client.get(path).status()).isEqualTo(404);
        assertThat(client.delete(path).code()).isEqualTo("not_found");
    }

    @Test
    void theFieldAtFaultIsNamed() {
        assertThat(param(client.post("endpoints", "{\"slug\":\"p/x\",\"targets\":[],\"a\":1}")))
                .isEqualTo("a");
        assertThat(
                        param(
                                client.post(
                                        "endpoints",
                                        endpoint("p/x", "[{\"provider\":\"DEMO\",\"q\":1}]"))))
                .isEqualTo("targets[0].q");
        assertThat(param(client.post("endpoints", endpoint("p/x", "[{\"provider\":\"OPENAI\"}]"))))
                .isEqualTo("targets[0].target_model");
        assertThat(param(client.post("endpoints", endpoint("noslash", DEMO_TARGET))))
                .isEqualTo("slug");
        assertThat(
                        param(
                                client.post(
                                        "endpoints",
                                        endpoint(
                                                "p/x",
                                                "[{\"provider\":\"OPENAI_COMPATIBLE\",\"target_model\":\"m\","
                                                        + "\"base_url\":\"http://10.0.0.1/v1\"}]"))))
                .isEqualTo("targets[0].base_url");
        assertThat(
                        param(
                                client.post(
                                        "groups",
                                        group(
                                                "bad-limit",
                                                "{\"type\":\"TOKEN\",\"unit\":\"MINUTE\","
                                                        + "\"threshold\":-1}"))))
                .isEqualTo("models[0].rate_limits[0].threshold");
    }

    @Test
    void bodiesThatAreNotStrictJsonAreRefused() {
        var twice = "{\"slug\":\"a/b\",\"slug\":\"a/c\",\"targets\":[]}";
        assertThat(client.post("endpoints", twice).status()).isEqualTo(400);
        assertThat(client.post("endpoints", "[".repeat(10_000)).status()).isEqualTo(400);
        assertThat(client.post("endpoints", "nonsense").status()).isEqualTo(400);
        assertThat(client.post("endpoints", "").status()).isEqualTo(400);
    }

    @Test
    void everyKindOfWrongKeyGetsTheSameAnswer() {
        var minted = mint(newGroup("wrong-keys"));
        var answers = new ArrayList<String>();
        for (var key : List.of("", "tpm_x", OWNER_KEY + "x", minted.text("/api_key"))) {
            try (var stranger = client.as(key)) {
                var got = stranger.get("groups");
                assertThat(got.status()).isEqualTo(401);
                assertThat(got.code()).isEqualTo("invalid_api_key");
                answers.add(got.body().toString());
            }
        }
        assertThat(answers).containsOnly(answers.getFirst());
        var apiKey = Map.of("Authorization", "Api-Key " + OWNER_KEY);
        try (var nobody = client.as("")) {
            assertThat(nobody.get("whoami", apiKey).text("/role")).isEqualTo("owner");
        }
    }

    @Test
    void aTreeOfGroupsIsListedInheritsAndIsDeletedWhole() {
        var root = newGroup("tree-root");
        var child =
                client.post(
                        "groups",
                        """
                        {"metadata":{"external_entity_id":"tree-child"},
                         "models":[{"slug":"acme/m"}],
                         "hierarchy":{"parent_group_id":"%s"}}
                        """
                                .formatted(root));
        assertThat(child.text("/effective_models/0/rate_limits/0/source_group")).isEqualTo(root);
        assertThat(client.get("groups?parent_group_id=" + root).body().at("/items")).hasSize(1);
        assertThat(client.get("groups?external_entity_id=tree-child").text("/items/0/id"))
                .isEqualTo(child.text("/id"));
        client.patch(
                "groups/" + root,
                """
                {"models":[{"slug":"acme/m",
                 "rate_limits":[{"type":"TOKEN","unit":"MINUTE","threshold":7}]}]}
                """);
        assertThat(
                        client.get("groups/" + child.text("/id"))
                                .text("/effective_models/0/rate_limits/0/threshold"))
                .isEqualTo("7");
        mint(child.text("/id"));

        var preview = client.delete("groups/" + root + "?dry_run=true");
        assertThat(preview.body().at("/dry_run").asBoolean()).isTrue();
        var gone = client.delete("groups/" + root);

        assertThat(gone.body().at("/deleted_groups")).hasSize(2);
        assertThat(gone.text("/revoked_keys")).isEqualTo("1");
        assertThat(client.get("groups/" + child.text("/id")).status()).isEqualTo(404);
        assertThat(newGroup("tree-root")).isNotEqualTo(root);
    }

    @Test
    void aKeyIsShownOnceAndRevokedByItsPrefix() {
        var group = newGroup("keys");
        var minted = mint(group);
        var key = minted.text("/api_key");
        var prefix = minted.text("/prefix");
        assertThat(key).startsWith(prefix + ".").matches("tp_[0-9A-Za-z]{12}\\.[0-9A-Za-z]{38}");

        var read = client.get("groups/" + group + "/api_keys/" + prefix);
        assertThat(read.body().has("api_key")).isFalse();
        var items = client.get("groups/" + group + "/api_keys").body().at("/items");
        assertThat(items).hasSize(1);

        var revoked = client.delete("groups/" + group + "/api_keys/" + prefix);
        assertThat(revoked.body().toString()).isEqualTo("{\"prefix\":\"" + prefix + "\"}");
        assertThat(client.get("groups/" + group + "/api_keys/" + prefix).status()).isEqualTo(404);
    }

    @Test
    void aRetryWithTheSameIdempotencyKeyRepeatsTheReply() {
        var path = "groups/" + newGroup("idempotent") + "/api_keys";
        var first = client.post(path, "{\"name\":\"a\"}", "retry-1");
        var again = client.post(path, "{\"name\":\"a\"}", "retry-1");
        var other = client.post(path, "{\"name\":\"b\"}", "retry-1");

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("idempotency_conflict");
        assertThat(client.get(path).body().at("/items")).hasSize(1);
    }

    @Test
    void aStaleIfMatchIsRefused() {
        var path = "groups/" + newGroup("if-match");
        var rename = "{\"metadata\":{\"name\":\"%s\"}}";
        assertThat(client.patch(path, rename.formatted("a"), "\"1\"").status()).isEqualTo(200);
        var stale = client.patch(path, rename.formatted("b"), "\"1\"");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.code()).isEqualTo("precondition_failed");
        var cleared = client.patch(path, "{\"metadata\":{\"name\":null}}");
        assertThat(cleared.body().at("/metadata/name").isNull()).isTrue();
    }

    @Test
    void cursorsGoThroughAListAndCannotBeForged() {
        var parent = newGroup("pages");
        var path = "groups/" + parent + "/api_keys";
        var minted = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            minted.add(mint(parent).text("/prefix"));
        }
        var listed = new ArrayList<String>();
        var cursor = "";
        do {
            var page =
                    client.get(path + "?limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.body().at("/items").forEach(item -> listed.add(item.path("prefix").asText()));
            cursor =
                    page.body().at("/pagination/has_more").asBoolean()
                            ? page.text("/pagination/cursor")
                            : "";
        } while (!cursor.isEmpty());
        assertThat(listed).isEqualTo(minted);

        var valid = client.get(path + "?limit=2").text("/pagination/cursor");
        int middle = valid.length() / 2; // The last one may hold bits that mean nothing.
        var other = valid.charAt(middle) == 'A' ? 'B' : 'A';
        var forged = valid.substring(0, middle) + other + valid.substring(middle + 1);
        assertThat(param(client.get(path + "?cursor=" + forged))).isEqualTo("cursor");
        assertThat(param(client.get("groups?cursor=" + valid))).isEqualTo("cursor");
        assertThat(param(client.get("groups?limit=0"))).isEqualTo("limit");
    }

    @Test
    void aCredentialIsNeverShownAndIsKeptWhileUsed() {
        var made = client.post("credentials", "{\"name\":\"openai\",\"value\":\"sk-very-secret\"}");
        var path = "credentials/" + made.text("/id");
        assertThat(made.body().toString()).doesNotContain("very-secret");
        assertThat(made.text("/fingerprint")).hasSize(12);
        var target =
                "[{\"provider\":\"OPENAI\",\"target_model\":\"gpt\",\"secret_id\":\"%s\"}]"
                        .formatted(made.text("/id"));
        var endpoint = client.post("endpoints", endpoint("cred/x", target)).text("/id");

        var rotated = client.post(path + "/rotate", "{\"value\":\"sk-other\"}");

        assertThat(rotated.text("/version")).isEqualTo("2");
        assertThat(rotated.text("/fingerprint")).isNotEqualTo(made.text("/fingerprint"));
        assertThat(client.delete(path).status()).isEqualTo(409);
        client.delete("endpoints/" + endpoint);
        assertThat(client.delete(path).status()).isEqualTo(200);
        assertThat(client.get("audit_events?limit=1000").body().toString())
                .doesNotContain("very-secret");
    }

    @Test
    void aWebhookShowsItsSecretOnceAndRotatesWithOverlap() {
        var made = client.post("webhooks", "{\"url\":\"https://example.com/hook\"}");
        var path = "webhooks/" + made.text("/id");
        assertThat(made.text("/secret")).startsWith("whsec_");
        assertThat(client.get(path).body().has("secret")).isFalse();

        var rotated = client.post(path + "/rotate_secret", "{\"overlap_seconds\":60}");

        assertThat(rotated.text("/secret")).startsWith("whsec_").isNotEqualTo(made.text("/secret"));
        assertThat(rotated.body().at("/previous_secrets")).hasSize(1);
        assertThat(client.patch(path, "{\"enabled\":false}").text("/enabled")).isEqualTo("false");
        for (var url :
                List.of(
                        "https://127.0.0.1/",
                        "https://10.0.0.1/hook",
                        "https://169.254.169.254/latest/meta-data",
                        "https://[::1]/",
                        "https://[fd00::1]/",
                        "https://[::ffff:10.0.0.1]/",
                        "https://0.0.0.0/",
                        "http://example.com/plain",
                        "https://user:pw@example.com/",
                        "ftp://example.com/",
                        "nonsense")) {
            var body = "{\"url\":\"" + url + "\"}";
            assertThat(client.post("webhooks", body).code()).as(url).isEqualTo("url_not_allowed");
            assertThat(client.patch(path, body).code()).as(url).isEqualTo("url_not_allowed");
        }
        assertThat(client.delete(path).status()).isEqualTo(200);
    }

    @Test
    void rolesAreCheckedAndTheLastOwnerStays() {
        var made = client.post("management_keys", "{\"name\":\"a\",\"role\":\"auditor\"}");
        assertThat(made.text("/key")).startsWith("tpm_");
        try (var auditor = client.as(made.text("/key"))) {
            assertThat(auditor.get("groups").status()).isEqualTo(200);
            var refused = auditor.post("groups", group("no", ""));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.code()).isEqualTo("permission_denied");
            assertThat(client.delete("management_keys/" + made.text("/id")).status())
                    .isEqualTo(200);
            assertThat(auditor.get("groups").status()).isEqualTo(401);
        }
        var own = client.get("whoami").text("/id");
        assertThat(own).isEqualTo(OWNER_KEY.substring(0, 16));
        assertThat(client.delete("management_keys/" + own).status()).isEqualTo(409);
    }

    @Test
    void everyChangeIsAnAuditEvent() {
        var made = client.post("groups", group("audited", ""));
        var id = made.text("/id");
        client.delete("groups/" + id);

        var facts = client.get("audit_events?resource_id=" + id).body().at("/items");

        assertThat(facts)
                .extracting(fact -> fact.path("action").asText())
                .containsExactly("group.created", "group.deleted");
        var created = facts.get(0);
        assertThat(created.at("/actor/id").asText()).isEqualTo(OWNER_KEY.substring(0, 16));
        assertThat(created.path("request_id").asText()).isEqualTo(made.header("x-request-id"));
        assertThat(created.at("/after/metadata/external_entity_id").asText()).isEqualTo("audited");
        assertThat(created.path("before").isNull()).isTrue();
        for (var wrong :
                List.of(
                        "action=nothing.happened",
                        "actor_type=someone",
                        "resource_type=idempotency")) {
            var refused = client.get("audit_events?" + wrong);
            assertThat(refused.status()).as(wrong).isEqualTo(400);
            assertThat(refused.text("/error/param"))
                    .isEqualTo(wrong.substring(0, wrong.indexOf('=')));
        }
        var known =
                "audit_events?action=group.deleted&actor_type=management_key&resource_type=group";
        assertThat(client.get(known).body().at("/items")).isNotEmpty();
    }

    @Test
    void ofManyCreationsOfOneExternalIdExactlyOneWins() throws Exception {
        Callable<Integer> create = () -> client.post("groups", group("race", "")).status();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = new ArrayList<Integer>();
            for (var result : threads.invokeAll(Collections.nCopies(20, create))) {
                statuses.add(result.get());
            }
            assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 400);
        }
    }

    @Test
    void schemasAreServedAsARegistryServesThem() {
        var subjects = client.get("/schema-registry/subjects");
        assertThat(subjects.header("content-type"))
                .isEqualTo("application/vnd.schemaregistry.v1+json");
        assertThat(subjects.body().toString()).contains("turnpike.ledger-value");
        var latest = "/schema-registry/subjects/turnpike.ledger-value/versions/latest";
        var ledger = client.get(latest).body();
        var byId = client.get("/schema-registry/schemas/ids/" + ledger.path("id").asInt());
        assertThat(byId.body().path("schema")).isEqualTo(ledger.path("schema"));
        var lookup =
                client.post(
                        "/schema-registry/subjects/turnpike.ledger-value",
                        "{\"schema\":" + ledger.path("schema") + "}");
        assertThat(lookup.body().path("id")).isEqualTo(ledger.path("id"));
        // Whoever asks has shown no key, so no more is read than a schema needs.
        var padded =
                "{\"x\":\"" + "x".repeat(200_000) + "\",\"schema\":" + ledger.path("schema") + "}";
        var tooLong = client.post("/schema-registry/subjects/turnpike.ledger-value", padded);
        assertThat(tooLong.text("/error_code")).isEqualTo("42201");
        assertThat(client.get("/schema-registry/schemas/ids/999").text("/error_code"))
                .isEqualTo("40403");
        var write = client.post("/schema-registry/subjects/x/versions", "{}");
        assertThat(write.status()).isEqualTo(405);
    }

    private String newGroup(String externalId) {
        var limit = "{\"type\":\"TOKEN\",\"unit\":\"MINUTE\",\"threshold\":100}";
        var made = client.post("groups", group(externalId, limit));
        assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
        return made.text("/id");
    }

    private ControlClient.Got mint(String group) {
        var minted = client.post("groups/" + group + "/api_keys", "{}");
        assertThat(minted.status()).as("%s", minted.body()).isEqualTo(200);
        return minted;
    }

    private static String param(ControlClient.Got got) {
        assertThat(got.status()).as("%s", got.body()).isEqualTo(400);
        return got.text("/error/param");
    }

    static String endpoint(String slug, String targets) {
        return "{\"slug\":\"" + slug + "\",\"targets\":" + targets + "}";
    }

    static String group(String externalId, String rateLimit) {
        return "{\"metadata\":{\"external_entity_id\":\""
                + externalId
                + "\"},\"models\":[{\"slug\":\"acme/m\",\"rate_limits\":["
                + rateLimit
                + "]}]}";
    }
}
