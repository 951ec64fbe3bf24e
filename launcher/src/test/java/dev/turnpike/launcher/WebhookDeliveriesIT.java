package dev.turnpike.launcher;

import static dev.turnpike.launcher.WebhookRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.webhook.Delivery;
import dev.turnpike.testkit.webhook.WebhookSink;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the management API tells of deliveries and does about them, on a real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebhookDeliveriesIT {
    private WebhookRig rig;
    private ControlClient client;

    @BeforeAll
    void start(@TempDir Path directory) {
        rig = new WebhookRig(directory, Map.of("branding.external-customer-id", "true"));
        rig.startDispatcher();
        client = rig.client();
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    private List<JsonNode> deliveries(String webhook, String query) {
        var found = new ArrayList<JsonNode>();
        client.get(webhook + "/deliveries" + query).body().path("items").forEach(found::add);
        return found;
    }

    @Test
    void aDeliveryIsPendingWhileItFailsAndShowsItsAttemptsOnceItIsDelivered() {
        try (var sink = WebhookSink.start()) {
            sink.answer(_ -> Script.status(503));
            var webhook = rig.webhook(sink.url());
            rig.writeLedger("seen-", 0, 3, Instant.now());
            var pending =
                    Eventually.await(
                            PATIENCE,
                            "pending deliveries with an attempt",
                            () -> deliveries(webhook, "?status=pending"),
                            all -> !all.isEmpty() && all.getFirst().path("attempts").size() > 0);
            var first = pending.getFirst();
            assertThat(first.path("id").asText()).startsWith("dlv_");
            assertThat(first.at("/events/0").asText()).startsWith("seen-");
            assertThat(first.at("/attempts/0/status").asInt()).isEqualTo(503);
            assertThat(first.at("/attempts/0/error").asText()).isEqualTo("answered 503");
            assertThat(first.path("next_attempt_at").asText()).isNotEmpty();
            assertThat(deliveries(webhook, "?status=delivered")).isEmpty();

            sink.answer(_ -> Script.status(200));
            sink.awaitEvents(3, PATIENCE);
            var delivered =
                    Eventually.await(
                            PATIENCE,
                            "nothing is pending",
                            () -> deliveries(webhook, "?status=delivered"),
                            all -> all.size() == deliveries(webhook, "").size());
            var one = webhook + "/deliveries/" + first.path("id").asText();
            var read = client.get(one).body();
            assertThat(delivered).contains(read);
            assertThat(read.path("status").asText()).isEqualTo("delivered");
            var attempts = read.path("attempts");
            assertThat(attempts.size()).isGreaterThan(1);
            assertThat(attempts.get(attempts.size() - 1).path("status").asInt()).isEqualTo(200);
            assertThat(read.path("next_attempt_at").isNull()).isTrue();
            client.delete(webhook);
        }
    }

    @Test
    void pagesOfDeliveriesAreInCreationOrderAndCursorsBelongToOneWebhook() {
        try (var sink = WebhookSink.start()) {
            var webhook = rig.webhook(sink.url());
            for (int i = 0; i < 4; i++) {
                rig.writeLedger("page-" + i + "-", 0, 1, Instant.now());
                sink.awaitEvents(i + 1, PATIENCE);
            }
            Eventually.await(PATIENCE, "four", () -> deliveries(webhook, "").size() == 4);
            var ids = deliveries(webhook, "").stream().map(one -> one.path("id").asText()).toList();
            assertThat(ids).isSorted();
            var page = client.get(webhook + "/deliveries?limit=3").body();
            assertThat(page.at("/pagination/has_more").asBoolean()).isTrue();
            var cursor = page.at("/pagination/cursor").asText();
            var rest = client.get(webhook + "/deliveries?limit=3&cursor=" + cursor).body();
            assertThat(rest.at("/items/0/id").asText()).isEqualTo(ids.getLast());
            assertThat(rest.at("/pagination/has_more").asBoolean()).isFalse();

            var other = rig.webhook(sink.url());
            var foreign = client.get(other + "/deliveries?limit=3&cursor=" + cursor);
            assertThat(foreign.status()).isEqualTo(400);
            assertThat(foreign.text("/error/param")).isEqualTo("cursor");
            assertThat(client.get(other + "/deliveries/" + ids.getFirst()).status()).isEqualTo(404);
            var wrong = client.get(webhook + "/deliveries?status=lost");
            assertThat(wrong.text("/error/param")).isEqualTo("status");
            assertThat(client.get("webhooks/wh_0/deliveries").status()).isEqualTo(404);
            client.delete(webhook);
            assertThat(client.get(webhook + "/deliveries").status()).isEqualTo(404);
            client.delete(other);
        }
    }

    @Test
    void aDeliveryIsSentAgainUnderItsIdWithItsBodyAndOnlyOnceForOneIdempotencyKey() {
        try (var sink = WebhookSink.start()) {
            var webhook = rig.webhook(sink.url());
            rig.writeLedger("again-", 0, 6, Instant.now());
            sink.awaitEvents(6, PATIENCE);
            var delivered =
                    Eventually.await(
                            PATIENCE,
                            "delivered",
                            () -> deliveries(webhook, "?status=delivered"),
                            all -> !all.isEmpty());
            var id = delivered.getFirst().path("id").asText();
            var before = attempts(sink, id).getFirst();
            int count = sink.deliveries().size();

            var path = webhook + "/deliveries/" + id + "/redeliver";
            assertThat(client.post(path + "?dry_run=true", "").status()).isEqualTo(200);
            var ordered = client.post(path, "", "once-" + id);
            assertThat(ordered.status()).as("%s", ordered.body()).isEqualTo(200);
            assertThat(ordered.body().path("scheduled").asInt())
                    .isEqualTo(delivered.getFirst().path("events").size());
            assertThat(client.post(path, "", "once-" + id).body()).isEqualTo(ordered.body());

            sink.awaitDeliveries(count + 1, PATIENCE);
            var after = attempts(sink, id).getLast();
            assertThat(after.request().text()).isEqualTo(before.request().text());
            rig.writeLedger("after-", 0, 1, Instant.now());
            sink.awaitEvents(7, PATIENCE);
            assertThat(sink.deliveries()).as("once").hasSize(count + 2);
            var read =
                    Eventually.await(
                            PATIENCE,
                            "both attempts are known",
                            () -> client.get(webhook + "/deliveries/" + id).body(),
                            body -> body.path("attempts").size() == 2);
            assertThat(read.path("status").asText()).isEqualTo("delivered");
            client.delete(webhook);
        }
    }

    private static List<Delivery> attempts(WebhookSink sink, String id) {
        return sink.deliveries().stream()
                .filter(one -> one.webhookId().orElseThrow().equals(id))
                .toList();
    }

    @Test
    void aStretchOfTimeIsReplayedOnceThroughARestartWithTheOriginalIdempotencyKeys() {
        var at = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(1));
        rig.writeLedger("old-", 0, 250, at);
        rig.writeLedger("older-", 0, 5, at.minusSeconds(60));
        try (var sink = WebhookSink.start()) {
            sink.answer(_ -> Script.status(503));
            var webhook = rig.webhook(sink.url());
            var wanted = "{\"start_time\":\"" + at + "\",\"end_time\":\"" + at.plusSeconds(1);
            var ordered = client.post(webhook + "/replay", wanted + "\"}");
            assertThat(ordered.status()).as("%s", ordered.body()).isEqualTo(200);
            assertThat(ordered.body().path("scheduled").asInt()).isEqualTo(250);
            assertThat(ordered.body().path("exact").asBoolean()).isTrue();
            var one =
                    client.post(
                            webhook + "/replay?dry_run=true",
                            wanted + "\",\"external_entity_id\":\"customer-3\"}");
            assertThat(one.body().path("scheduled").asInt()).isEqualTo(50);

            sink.awaitDeliveries(1, PATIENCE);
            rig.stopDispatcher();
            sink.answer(_ -> Script.status(200));
            rig.startDispatcher();
            sink.awaitEvents(250, PATIENCE);
            rig.writeLedger("live-", 0, 1, Instant.now());
            sink.awaitEvents(251, PATIENCE);
            assertThat(sink.eventCounts().keySet()).noneMatch(key -> key.startsWith("older-"));
            assertThat(sink.eventCounts())
                    .hasSize(251)
                    .allSatisfy((_, times) -> assertThat(Objects.requireNonNull(times)).isOne());
            client.delete(webhook);
        }
        replayedForAGroupAndForACustomer(at);
    }

    private void replayedForAGroupAndForACustomer(Instant at) {
        var model =
                "{\"metadata\":{\"external_entity_id\":\"own\"},\"models\":[{\"slug\":\"a/b\"}]}";
        var group = client.post("groups", model).text("/id");
        rig.writeLedger("mine-", 3, new GroupId(group), at);
        try (var sink = WebhookSink.start()) {
            var webhook = rig.webhook(sink.url());
            var range =
                    "{\"start_time\":\"%s\",\"end_time\":\"%s\",".formatted(at, at.plusSeconds(1));
            var ofGroup = range + "\"group_id\":\"" + group + "\"}";
            assertThat(client.post(webhook + "/replay", ofGroup).text("/scheduled")).isEqualTo("3");
            sink.awaitEvents(3, PATIENCE);
            assertThat(sink.eventCounts()).containsOnlyKeys("mine-0", "mine-1", "mine-2");
            var ofCustomer = range + "\"external_entity_id\":\"customer-2\"}";
            client.post(webhook + "/replay", ofCustomer);
            sink.awaitEvents(53, PATIENCE);
            assertThat(sink.eventCounts()).hasSize(53).containsKeys("old-2", "old-247");

            assertThat(client.delete("groups/" + group).status()).isEqualTo(200);
            var gone = client.post(webhook + "/replay", ofGroup);
            assertThat(gone.text("/scheduled")).as("%s", gone.body()).isEqualTo("3");
            Eventually.await(
                    PATIENCE,
                    "sent again for a group that is gone",
                    () -> Integer.valueOf(2).equals(sink.eventCounts().get("mine-2")));
            var never = range + "\"group_id\":\"grp_" + "0".repeat(26) + "\"}";
            assertThat(client.post(webhook + "/replay", never).text("/error/param"))
                    .isEqualTo("group_id");
            client.delete(webhook);
        }
    }

    @Test
    void whatEndsAfterItsGroupWasDeletedIsStillTheBusinessOfTheGroupAbove() {
        var root = group("tree", null);
        var team = group("team", root);
        var desk = group("desk", team);
        try (var sink = WebhookSink.start()) {
            var body = "{\"url\":\"%s\",\"filter\":{\"group_ids\":[\"%s\"]}}";
            var made = rig.known(client.post("webhooks", body.formatted(sink.url(), team)));
            // As records of older releases: they do not name what is between.
            var caller = WebhookRig.caller(new GroupId(desk), new GroupId(root));
            rig.writeLedger("before-", 1, caller, Instant.now());
            sink.awaitEvents(1, PATIENCE);

            var deleted = rig.known(client.delete("groups/" + team));
            assertThat(deleted.body().at("/deleted_groups")).hasSize(2);
            rig.writeLedger("late-", 2, caller, Instant.now());
            sink.awaitEvents(3, PATIENCE);
            assertThat(sink.eventCounts()).containsOnlyKeys("before-0", "late-0", "late-1");
            client.delete("webhooks/" + made.text("/id"));
        }
    }

    @Test
    void whatADeletedGroupDidIsReplayedAndListedForTheGroupBetweenItAndItsRoot() {
        var root = group("firm", null);
        var team = group("firm-team", root);
        var desk = group("firm-desk", team);
        var at = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(2));
        var caller = WebhookRig.caller(new GroupId(desk), new GroupId(root), new GroupId(team));
        rig.writeLedger("desk-", 3, caller, at);
        rig.known(client.delete("groups/" + desk));
        try (var sink = WebhookSink.start()) {
            var body = "{\"url\":\"%s\",\"filter\":{\"group_ids\":[\"%s\"]}}";
            var made = rig.known(client.post("webhooks", body.formatted(sink.url(), team)));
            var webhook = "webhooks/" + made.text("/id");
            var range =
                    "\"start_time\":\"%s\",\"end_time\":\"%s\"".formatted(at, at.plusSeconds(1));
            var ordered = client.post(webhook + "/replay", "{" + range + "}");
            assertThat(ordered.text("/scheduled")).as("%s", ordered.body()).isEqualTo("3");
            sink.awaitEvents(3, PATIENCE);
            assertThat(sink.eventCounts()).containsOnlyKeys("desk-0", "desk-1", "desk-2");

            var ofTeam = "{" + range + ",\"group_id\":\"" + team + "\"}";
            var events = "events?group_id=" + team + "&start_time=" + at;
            for (var state : List.of("there", "deleted")) {
                assertThat(client.post(webhook + "/replay?dry_run=true", ofTeam).text("/scheduled"))
                        .as(state)
                        .isEqualTo("3");
                assertThat(client.get(events).body().path("items")).as(state).hasSize(3);
                client.delete("groups/" + team);
            }
            client.delete(webhook);
        }
    }

    private String group(String name, @Nullable String parent) {
        var body = Json.object();
        body.putObject("metadata").put("external_entity_id", name);
        body.putArray("models").addObject().put("slug", "a/b");
        body.putObject("hierarchy").put("parent_group_id", parent);
        return client.post("groups", body.toString()).text("/id");
    }

    @Test
    void duringTheOverlapOfARotationBothSecretsVerifyWhatIsSent() throws Exception {
        try (var sink = WebhookSink.start()) {
            var made = client.post("webhooks", "{\"url\":\"" + sink.url() + "\"}");
            var webhook = "webhooks/" + made.text("/id");
            var rotated = rig.known(client.post(webhook + "/rotate_secret", "{}"));
            var ends = Instant.parse(rotated.text("/previous_secrets/0/ends_at"));
            assertThat(Duration.between(Instant.now(), ends))
                    .isBetween(Duration.ofHours(23), Duration.ofHours(24));
            rig.writeLedger("rotated-", 0, 1, Instant.now());
            var request = sink.awaitDeliveries(1, PATIENCE).getFirst().request();
            var headers = HttpHeaders.of(request.headers(), (_, _) -> true);
            var old = made.text("/secret");
            new com.standardwebhooks.Webhook(old).verify(request.text(), headers);
            new com.standardwebhooks.Webhook(rotated.text("/secret"))
                    .verify(request.text(), headers);
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(old.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            assertThat(request.text()).contains("\"externalCustomerId\":\"customer-0\"");
            assertThat(request.header("x-turnpike-signature"))
                    .contains("v1=" + HexFormat.of().formatHex(mac.doFinal(request.body())));
            client.delete(webhook);
        }
    }

    @Test
    void whatCannotBeReplayedIsRefused() {
        var webhook = rig.webhook("http://127.0.0.1:1/");
        var path = webhook + "/replay";
        assertThat(client.post(path, "{}").text("/error/param")).isEqualTo("start_time");
        var range = "\"start_time\":\"2026-01-01T00:00:00Z\",\"end_time\":\"2026-01-02T00:00:00Z\"";
        var backwards =
                "{\"start_time\":\"2026-01-02T00:00:00Z\",\"end_time\":\"2026-01-02T00:00:00Z\"}";
        assertThat(client.post(path, backwards).text("/error/param")).isEqualTo("end_time");
        assertThat(client.post(path, "{" + range + ",\"x\":1}").text("/error/param"))
                .isEqualTo("x");
        assertThat(client.post(path, "{" + range + ",\"group_id\":\"grp_0\"}").text("/error/param"))
                .isEqualTo("group_id");
        assertThat(client.post("webhooks/wh_0/replay", "{" + range + "}").status()).isEqualTo(404);
        var absent = "/deliveries/dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV/redeliver";
        assertThat(client.post(webhook + absent, "").status()).isEqualTo(404);
        assertThat(client.post(path, "{" + range + "}").body().path("scheduled").asInt()).isZero();
        client.delete(webhook);
    }

    @Test
    void anAnswerOf410DisablesTheWebhookAndEnablingItGoesOnWhereItStopped() {
        try (var sink = WebhookSink.start()) {
            sink.answer(_ -> Script.status(410));
            var webhook = rig.webhook(sink.url());
            rig.writeLedger("gone-", 0, 5, Instant.now());
            var disabled =
                    Eventually.await(
                            PATIENCE,
                            "the webhook is disabled",
                            () -> client.get(webhook).body(),
                            body -> body.has("enabled") && !body.get("enabled").asBoolean());
            assertThat(disabled.path("disabled_reason").asText()).contains("410");
            int asked = sink.deliveries().size();
            rig.writeLedger("gone-", 5, 10, Instant.now());
            var fact =
                    client.get("audit_events?action=webhook.disabled&limit=1000")
                            .body()
                            .at("/items/0");
            assertThat(fact.at("/actor/type").asText()).isEqualTo("system");

            sink.answer(_ -> Script.status(200));
            var enabled = client.patch(webhook, "{\"enabled\":true}").body();
            assertThat(enabled.path("disabled_reason").isNull()).isTrue();
            sink.awaitEvents(10, PATIENCE);
            assertThat(sink.deliveries().get(asked).accepted()).isTrue();
            assertThat(sink.eventCounts())
                    .hasSize(10)
                    .allSatisfy((_, times) -> assertThat(Objects.requireNonNull(times)).isOne());
            client.delete(webhook);
        }
    }
}
