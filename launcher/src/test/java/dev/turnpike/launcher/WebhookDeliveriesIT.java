package dev.turnpike.launcher;

import static dev.turnpike.launcher.WebhookRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.webhook.WebhookSink;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        rig = new WebhookRig(directory, Map.of());
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
                            body -> !body.path("enabled").asBoolean());
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
