package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.http.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies with one mistake each, made from valid ones: every field in turn is of a wrong type, out
 * of bounds or beside an unknown one. All are dry runs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagementBodiesIT {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Values that no field of any body takes. */
    private static final List<JsonNode> NEVER =
            List.of(
                    JSON.objectNode().put("x", 1),
                    JSON.arrayNode().add(JSON.arrayNode()),
                    JSON.textNode("\u0000"),
                    JSON.textNode("x".repeat(70_000)),
                    JSON.numberNode(new BigDecimal("1e400")),
                    JSON.numberNode(-1));

    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlClient client;
    private String group;

    @BeforeAll
    void start(@TempDir Path directory) {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        replica = ControlReplica.start(broker.bootstrapServers(), directory);
        client = replica.client();
        group = client.post("groups", GROUP).text("/id");
    }

    @AfterAll
    void stop() {
        client.close();
        replica.close();
        broker.close();
    }

    private static final String GROUP =
            """
            {"metadata":{"external_entity_id":"e","name":"n"},
             "models":[{"slug":"a/b",
               "rate_limits":[{"type":"TOKEN","unit":"HOUR","threshold":5}],
               "usage_limits":[{"type":"COST","unit":"MONTH","threshold":"1.50"}]}],
             "hierarchy":{"limit_enforcement":"CASCADING","parent_group_id":null}}
            """;

    @Test
    void bodiesOfGroups() {
        mutated("POST", "groups", GROUP.replace("\"e\"", "\"e2\""));
        mutated(
                "PATCH",
                "groups/" + group,
                """
                {"metadata":{"name":"n"},"models":[{"slug":"*",
                 "usage_limits":[{"type":"REQUEST","unit":"DAY","threshold":0}]}]}
                """);
        mutated(
                "POST",
                "users",
                "{\"customer_id\":\"c\",\"name\":\"n\",\"models\":[{\"slug\":\"a/b\"}]}");
    }

    @Test
    void bodiesOfKeys() {
        mutated(
                "POST",
                "groups/" + group + "/api_keys",
                """
                {"name":"n","expires_at":"2099-01-01T00:00:00Z","models":["a/b"],
                 "allowed_addresses":["10.0.0.0/8"]}
                """);
        mutated(
                "POST",
                "management_keys",
                """
                {"name":"n","role":"member","group_id":"%s","expires_at":"2099-01-01T00:00:00Z"}
                """
                        .formatted(group));
    }

    @Test
    void bodiesOfTheRest() {
        mutated(
                "POST",
                "endpoints",
                """
                {"slug":"a/b","region":"EU","forward_metadata":true,"failure_charge":"none","error_detail":"generic",
                 "targets":[{"provider":"DEMO","priority":1,"weight":2,"drain_on_disconnect":true,"timeouts":{"connect_ms":1000}}]}
                """);
        mutated("POST", "credentials", "{\"name\":\"n\",\"value\":\"v\",\"region\":\"EU\"}");
        mutated(
                "POST",
                "webhooks",
                """
                {"url":"https://example.com/x","description":"d","enabled":true,
                 "filter":{"group_ids":["%s"],"event_types":["completed"]}}
                """
                        .formatted(group));
    }

    @Test
    void aGroupCannotBeMovedNorItsIdsChanged() {
        for (var body :
                List.of(
                        "{\"hierarchy\":{\"parent_group_id\":\"%s\"}}".formatted(group),
                        "{\"id\":\"x\"}",
                        "{\"effective_models\":[]}")) {
            var refused = client.patch("groups/" + group, body);
            assertThat(refused.status()).as(body).isEqualTo(400);
        }
        var external = "{\"metadata\":{\"name\":\"n\",\"external_entity_id\":\"other\"}}";
        assertThat(client.patch("groups/" + group, external).text("/error/param"))
                .isEqualTo("metadata.external_entity_id");
    }

    /** Who tries to change what cannot be changed is told so, not to change something else. */
    @Test
    void aChangeOfNothingButAnUnknownFieldNamesIt() {
        var endpoint =
                client.post(
                        "endpoints", "{\"slug\":\"a/x\",\"targets\":[{\"provider\":\"DEMO\"}]}");
        var webhook = client.post("webhooks", "{\"url\":\"https://example.com/x\"}");
        var domain = client.post("domains", "{\"host\":\"api.a.example\",\"prefixes\":[\"a\"]}");
        for (var path :
                List.of(
                        "endpoints/" + endpoint.text("/id"),
                        "groups/" + group,
                        "webhooks/" + webhook.text("/id"),
                        "domains/" + domain.text("/host"))) {
            named("foo", path, "{\"foo\":1}");
            assertThat(client.patch(path, "{}").status()).as(path).isEqualTo(400);
        }
        named("metadata.foo", "groups/" + group, "{\"metadata\":{\"foo\":1}}");
        named(
                "metadata.external_entity_id",
                "groups/" + group,
                "{\"metadata\":{\"external_entity_id\":\"z\"}}");
        named(
                "hierarchy",
                "groups/" + group,
                "{\"hierarchy\":{\"limit_enforcement\":\"INDEPENDENT\"}}");
    }

    private void named(String param, String path, String body) {
        var refused = client.patch(path, body);
        assertThat(refused.status()).as("%s %s", path, body).isEqualTo(400);
        assertThat(refused.text("/error/param")).as("%s %s", path, body).isEqualTo(param);
    }

    @Test
    void listsAreBounded() {
        var models = JSON.arrayNode();
        for (int i = 0; i <= 1_000; i++) {
            models.addObject().put("slug", "a/b" + i);
        }
        var body = JSON.objectNode().set("models", models).toString();
        assertThat(client.patch("groups/" + group, body).text("/error/param")).isEqualTo("models");
        var limits = JSON.arrayNode();
        for (int i = 0; i < 40; i++) {
            limits.addObject().put("type", "TOKEN").put("unit", "DAY").put("threshold", i);
        }
        var many = JSON.objectNode();
        many.putArray("models").addObject().put("slug", "a/b").set("usage_limits", limits);
        assertThat(client.patch("groups/" + group, many.toString()).text("/error/param"))
                .isEqualTo("models[0].usage_limits");
    }

    @Test
    void costsAreDollarsWithNineDecimals() {
        for (var good : List.of("\"0\"", "0", "1.5", "\"0.000000001\"", "\"9000000000\"")) {
            var got = client.patch("groups/" + group + "?dry_run=true", cost(good));
            assertThat(got.status()).as(good).isEqualTo(200);
            assertThat(got.body().at("/models/0/usage_limits/0/threshold").isTextual()).isTrue();
            assertThat(new BigDecimal(got.text("/models/0/usage_limits/0/threshold")))
                    .isEqualByComparingTo(good.replace("\"", ""));
        }
        for (var bad :
                List.of("\"\"", "-1", "\"1e1000000\"", "\"0.0000000001\"", "true", "\"NaN\"")) {
            var got = client.patch("groups/" + group + "?dry_run=true", cost(bad));
            assertThat(got.status()).as(bad).isEqualTo(400);
            assertThat(got.text("/error/param")).isEqualTo("models[0].usage_limits[0].threshold");
        }
    }

    private static String cost(String threshold) {
        return """
        {"models":[{"slug":"a/b","usage_limits":[{"type":"COST","unit":"DAY","threshold":%s}]}]}
        """
                .formatted(threshold);
    }

    /** Sends the body whole, which is accepted, and then with every single mistake. */
    private void mutated(String method, String path, String body) {
        var valid = Json.parseObject(body.getBytes(StandardCharsets.UTF_8));
        assertThat(send(method, path, valid).status()).as(body).isEqualTo(200);
        var places = new ArrayList<String>();
        places(valid, "", places);
        for (var place : places) {
            for (var value : NEVER) {
                refused(method, path, with(valid, place, value), named(place));
            }
            if (valid.at(place) instanceof ObjectNode object) {
                var unknown = valid.deepCopy();
                ((ObjectNode) unknown.at(place)).put("unknown_field", 1);
                refused(method, path, unknown, named(place + "/unknown_field"));
                assertThat(object).isNotEmpty();
            }
        }
        var unknown = valid.deepCopy().put("unknown_field", 1);
        refused(method, path, unknown, "unknown_field");
    }

    private void refused(String method, String path, ObjectNode body, String place) {
        var got = send(method, path, body);
        var about = method + " " + path + " with a wrong " + place + ": " + got.body();
        assertThat(got.status()).as(about).isEqualTo(400);
        var param = got.text("/error/param");
        assertThat(param).as(about).isNotEmpty();
        assertThat(param.startsWith(place) || place.startsWith(param)).as(about).isTrue();
    }

    private ControlClient.Got send(String method, String path, ObjectNode body) {
        return client.send(method, path + "?dry_run=true", body.toString(), Map.of());
    }

    private static ObjectNode with(ObjectNode valid, String place, JsonNode value) {
        var copy = valid.deepCopy();
        int slash = place.lastIndexOf('/');
        var name = place.substring(slash + 1);
        switch (copy.at(place.substring(0, slash))) {
            case ObjectNode object -> object.set(name, value);
            case ArrayNode array -> array.set(Integer.parseInt(name), value);
            default -> throw new AssertionError(place);
        }
        return copy;
    }

    /** Pointers to everything in a body. */
    private static void places(JsonNode node, String at, List<String> places) {
        if (!at.isEmpty()) {
            places.add(at);
        }
        for (var field : node.properties()) {
            places(field.getValue(), at + "/" + field.getKey(), places);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            places(node.get(i), at + "/" + i, places);
        }
    }

    /** A pointer as replies name fields. */
    private static String named(String pointer) {
        return pointer.substring(1).replaceAll("/(\\d+)", "[$1]").replace('/', '.');
    }
}
