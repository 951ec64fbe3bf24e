package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.http.Json;
import dev.turnpike.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the management API has answered holds at the edge within a second. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EffectiveWithinASecondIT {
    private static final Duration PROMISED = Duration.ofSeconds(1);
    private static final int TIMES = 20;

    /** Of some seventy changes; a machine may stand still for a moment. */
    private static final int LATE_MAX = 3;

    private final List<String> late = new ArrayList<>();
    private GatewayRig rig;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException {
        rig = new GatewayRig(directory, Map.of());
    }

    @AfterAll
    void stop() {
        rig.close();
        assertThat(late).as("later than promised").hasSizeLessThanOrEqualTo(LATE_MAX);
    }

    @Test
    void aMintedKeyWorksAndARevokedOneDoesNotAfterASecond() {
        rig.publish("quick/keys", "good");
        var keys = "groups/" + rig.group("quick-keys", "quick/keys") + "/api_keys";
        for (int i = 0; i < TIMES; i++) {
            var minted = rig.made(keys, "{}");
            var key = minted.path("api_key").asText();
            withinASecond("minted " + i, () -> rig.chat("quick/keys", key).status() == 200);
            // What an edge keeps of a key that comes again and again must go with it.
            assertThat(rig.chat("quick/keys", key).status()).isEqualTo(200);
            assertThat(rig.chat("quick/keys", key).status()).isEqualTo(200);

            var prefix = minted.path("prefix").asText();
            assertThat(rig.client.delete(keys + "/" + prefix).status()).isEqualTo(200);
            withinASecond("revoked " + i, () -> rig.chat("quick/keys", key).status() == 401);
        }
    }

    @Test
    void anEndpointThatIsPointedElsewhereGoesThereAfterASecond() {
        var endpoint = "endpoints/" + rig.publish("quick/point", "first-0");
        var group = rig.group("quick-point", "quick/point");
        var key = rig.made("groups/" + group + "/api_keys", "{}").path("api_key").asText();
        for (int i = 0; i < TIMES; i++) {
            var model = "model-" + i;
            var change = "{\"targets\":[" + rig.target(model) + "]}";
            assertThat(rig.client.patch(endpoint, change).status()).isEqualTo(200);
            withinASecond(
                    "pointed to " + model,
                    () -> {
                        rig.chat("quick/point", key);
                        var last = rig.upstream.ledger().requests().getLast();
                        return last.request().json().path("model").asText().equals(model);
                    });
        }
    }

    @Test
    void aRotatedCredentialAndANewNameAreUsedAfterASecond() {
        var credential = "credentials/" + credential("first-value");
        var secret = ",\"secret_id\":\"" + credential.substring(12) + "\"}";
        var target = rig.target("good").strip().replaceFirst("}$", secret);
        var body = "{\"slug\":\"quick/secret\",\"targets\":[" + target + "]}";
        var endpoint = "endpoints/" + rig.made("endpoints", body).path("id").asText();
        var group = rig.group("quick-secret", "quick/secret", "quick/renamed");
        var key = rig.made("groups/" + group + "/api_keys", "{}").path("api_key").asText();
        withinASecond("called", () -> rig.chat("quick/secret", key).status() == 200);
        assertThat(sent()).contains("Bearer first-value");

        rig.made(credential + "/rotate", "{\"value\":\"second-value\"}");
        withinASecond(
                "rotated",
                () -> {
                    assertThat(rig.chat("quick/secret", key).status()).isEqualTo(200);
                    return sent().equals(Optional.of("Bearer second-value"));
                });

        assertThat(rig.client.patch(endpoint, "{\"slug\":\"quick/renamed\"}").status())
                .isEqualTo(200);
        withinASecond("renamed", () -> rig.chat("quick/renamed", key).status() == 200);
        assertThat(rig.chat("quick/secret", key).status()).isEqualTo(404);
        assertThat(rig.client.delete(endpoint).status()).isEqualTo(200);
        withinASecond("deleted", () -> rig.chat("quick/renamed", key).status() == 404);
    }

    private String credential(String value) {
        var body = "{\"name\":\"quick\",\"value\":\"" + value + "\"}";
        return rig.made("credentials", body).path("id").asText();
    }

    /** What the upstream was last shown. */
    private Optional<String> sent() {
        return rig.upstream.ledger().requests().getLast().request().header("authorization");
    }

    @Test
    void aChangedLimitOfAnAncestorHoldsKeepsItsCountAndExplainsWhatItRefuses() {
        rig.publish("quick/limits", "good");
        var root = "groups/" + tree("quick-root", "null", limit("HOUR", 500));
        var leaf = tree("quick-leaf", "\"" + root.substring(7) + "\"", limit("MINUTE", 1_000));
        var key = rig.made("groups/" + leaf + "/api_keys", "{}").path("api_key").asText();
        withinASecond("minted", () -> rig.chat("quick/limits", key).status() == 200);
        var first = rig.chat("quick/limits", key);
        assertThat(first.header("x-ratelimit-limit-requests")).contains("500");
        assertThat(first.header("x-ratelimit-remaining-requests")).contains("498");

        // Below what is used already.
        changed(root, limit("HOUR", 1));
        withinASecond("lowered", () -> rig.chat("quick/limits", key).status() == 429);
        var refused = rig.chat("quick/limits", key);
        assertThat(refused.header("retry-after")).isPresent();
        var error = Json.parse(refused.body().getBytes(StandardCharsets.UTF_8)).path("error");
        assertThat(error.path("code").asText()).isEqualTo("rate_limit_exceeded");
        explained(error.path("decision").asText(), root.substring(7));

        changed(root, limit("HOUR", 1_000));
        withinASecond("raised", () -> rig.chat("quick/limits", key).status() == 200);
        var raised = rig.chat("quick/limits", key);
        assertThat(raised.header("x-ratelimit-limit-requests")).contains("1000");
        int left = Integer.parseInt(raised.header("x-ratelimit-remaining-requests").orElseThrow());
        assertThat(left).as("what was used before is kept").isBetween(1, 996);

        changed(root, limit("HOUR", 0));
        withinASecond("nothing", () -> rig.chat("quick/limits", key).status() == 429);
        var none = rig.chat("quick/limits", key);
        assertThat(none.body()).contains("\"insufficient_quota\"");
        assertThat(none.header("retry-after")).isEmpty();
        assertThat(none.header("x-should-retry")).contains("false");
    }

    private void explained(String decision, String root) {
        var path = "decisions/" + decision;
        var found =
                Eventually.await(
                        GatewayRig.PATIENCE,
                        "the decision is found",
                        () -> rig.client.get(path),
                        got -> got.status() == 200);
        assertThat(found.text("/code")).isEqualTo("rate_limit_exceeded");
        assertThat(found.text("/limit/group_id")).isEqualTo(root);
        assertThat(found.text("/limit/external_entity_id")).isEqualTo("quick-root");
        assertThat(found.text("/limit/unit")).isEqualTo("HOUR");
        assertThat(found.text("/limit/threshold")).isEqualTo("1");
        assertThat(found.body().at("/limit/used").asLong()).isGreaterThanOrEqualTo(2);
    }

    private String tree(String name, String parent, String models) {
        var body =
                "{\"metadata\":{\"external_entity_id\":\"%s\"},%s,\"hierarchy\":"
                        + "{\"limit_enforcement\":\"CASCADING\",\"parent_group_id\":%s}}";
        return rig.made("groups", body.formatted(name, models, parent)).path("id").asText();
    }

    private void changed(String group, String models) {
        assertThat(rig.client.patch(group, "{" + models + "}").status()).isEqualTo(200);
    }

    private static String limit(String unit, int threshold) {
        return "\"models\":[{\"slug\":\"quick/limits\",\"rate_limits\":[{\"type\":\"REQUEST\","
                + "\"unit\":\"%s\",\"threshold\":%d}]}]".formatted(unit, threshold);
    }

    /** Asks until it is so; the time counts from the answer of the management API. */
    private void withinASecond(String what, BooleanSupplier so) {
        long answered = System.nanoTime();
        while (!so.getAsBoolean()) {
            assertThat(Duration.ofNanos(System.nanoTime() - answered))
                    .as(what)
                    .isLessThan(GatewayRig.PATIENCE);
        }
        var took = Duration.ofNanos(System.nanoTime() - answered);
        if (took.compareTo(PROMISED) > 0) {
            late.add(what + " after " + took);
        }
    }
}
