package dev.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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

    private GatewayRig rig;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException {
        rig = new GatewayRig(directory, Map.of());
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    @Test
    void aMintedKeyWorksAndARevokedOneDoesNotAfterASecond() {
        rig.publish("quick/keys", "good");
        var keys = "groups/" + rig.group("quick-keys", "quick/keys") + "/api_keys";
        for (int i = 0; i < TIMES; i++) {
            var minted = rig.made(keys, "{}");
            var key = minted.path("api_key").asText();
            withinASecond("minted " + i, () -> rig.chat("quick/keys", key).status() == 200);

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

    /** Asks until it is so; the time counts from the answer of the management API. */
    private static void withinASecond(String what, BooleanSupplier so) {
        long answered = System.nanoTime();
        while (!so.getAsBoolean()) {
            assertThat(Duration.ofNanos(System.nanoTime() - answered))
                    .as(what)
                    .isLessThan(PROMISED);
        }
    }
}
