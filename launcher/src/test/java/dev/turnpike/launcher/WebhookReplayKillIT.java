package dev.turnpike.launcher;

import static dev.turnpike.launcher.WebhookRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.process.ChildProcess;
import dev.turnpike.testkit.webhook.WebhookSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replay whose dispatcher is killed, again and again, as {@code kill -9} does. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WebhookReplayKillIT {
    private static final int OLD = 3_000;
    private static final int KILLS = 2;

    @TempDir Path directory;

    private ChildProcess dispatcher(WebhookRig rig) throws Exception {
        var outputs = Files.createDirectories(directory.resolve("out"));
        var args = List.of(rig.bootstrapServers(), directory.resolve("child").toString());
        var child = ChildProcess.start(WebhookChild.class, args, Map.of(), outputs);
        child.awaitLine(WebhookChild.READY, PATIENCE);
        return child;
    }

    @Test
    void everyEventComesUnderOneDeliveryAndNothingIsReplayedTwice() throws Exception {
        var at = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(1));
        try (var rig = new WebhookRig(directory, Map.of());
                var sink = WebhookSink.start()) {
            sink.answer(_ -> Script.status(200).after(Duration.ofMillis(30)));
            rig.writeLedger("old-", 0, OLD, at);
            var webhook = rig.webhook(sink.url());
            var order =
                    "{\"start_time\":\"%s\",\"end_time\":\"%s\"}".formatted(at, at.plusSeconds(1));
            var ordered = rig.client().post(webhook + "/replay", order);
            assertThat(ordered.body().path("scheduled").asInt()).isEqualTo(OLD);

            int live = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                try (var child = dispatcher(rig)) {
                    rig.writeLedger(live, live += 20);
                    sink.awaitDeliveries(sink.deliveries().size() + 5, PATIENCE);
                    child.killNow();
                }
            }
            try (var _ = dispatcher(rig)) {
                rig.writeLedger(live, live += 20);
                sink.awaitEvents(OLD + live, PATIENCE.multipliedBy(2));
            }
            assertThat(deliveriesOfEachEvent(sink))
                    .hasSize(OLD + live)
                    .allSatisfy((_, ids) -> assertThat(ids).hasSize(1));
        }
    }

    /** Ids of the deliveries that each event came in; more than one would be a second event. */
    private static Map<String, Set<String>> deliveriesOfEachEvent(WebhookSink sink) {
        var ids = new HashMap<String, Set<String>>();
        for (var delivery : sink.deliveries()) {
            for (var event : delivery.events()) {
                ids.computeIfAbsent(event.path("idempotencyKey").asText(), _ -> new HashSet<>())
                        .add(delivery.webhookId().orElseThrow());
            }
        }
        return ids;
    }
}
