package dev.turnpike.launcher.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.edge.EdgeRig.KeyBounds;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.schemas.control.WeeklyTimes;
import dev.turnpike.schemas.control.WeeklyWindow;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a key is bound to, as its holder meets it on the wire. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyBoundsIT {
    private static final String CHAT =
            "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    private EdgeRig rig;

    @BeforeAll
    void start(@TempDir Path directory) throws InterruptedException {
        rig = new EdgeRig(directory, Map.of("edge.trusted-proxies", "127.0.0.1,192.0.2.0/24"));
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    @Test
    void aKeyWorksUntilItExpires() {
        published(KeyBounds.NONE, 200); // The first request of all takes longest.
        var soon = Instant.now().plusSeconds(4);
        var key = published(new KeyBounds(soon, null, List.of(), null), 200);

        Eventually.await(EdgeRig.PATIENCE, "key expired", () -> status(key) == 401);
        assertThat(Instant.now()).isAfterOrEqualTo(soon);
        assertThat(chat("acme/good", key).body()).contains("Incorrect API key provided");
    }

    @Test
    void aKeyForSomeModelsSeesNoOther() {
        var key = published(new KeyBounds(null, List.of("acme/good"), List.of(), null), 200);

        assertThat(chat("acme/no-usage", key).status()).isEqualTo(404);
        assertThat(get("/v1/models", key).body())
                .contains("\"acme/good\"")
                .doesNotContain("acme/no-usage");
        assertThat(get("/v1/models/acme/no-usage", key).status()).isEqualTo(404);
    }

    @Test
    void aKeyFromAWrongAddressIsToldSo() {
        var elsewhere = new KeyBounds(null, null, List.of("10.0.0.0/8", "2001:db8::/32"), null);
        var here = new KeyBounds(null, null, List.of("127.0.0.0/8", "::1"), null);

        var refused = published(elsewhere, 403);
        published(here, 200);

        refusalIsRecorded(refused, "ip_not_authorized");
    }

    /** Under the decision that the caller is told. */
    private void refusalIsRecorded(String key, String code) {
        var reply = chat("acme/good", key);
        assertThat(reply.status()).isEqualTo(403);
        var error = Json.parse(reply.body().getBytes(StandardCharsets.UTF_8)).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        var id = error.path("decision").asText();
        var recorded =
                Eventually.await(
                        EdgeRig.PATIENCE,
                        "the refusal is shipped",
                        () ->
                                rig.awaitTerminals(1).stream()
                                        .filter(RequestFact.Refused.class::isInstance)
                                        .map(RequestFact.Refused.class::cast)
                                        .filter(fact -> fact.decision().id().value().equals(id))
                                        .findFirst(),
                        Optional::isPresent);
        var fact = recorded.orElseThrow();
        assertThat(fact.decision().status()).isEqualTo(403);
        assertThat(fact.decision().code()).isEqualTo(code);
        assertThat(fact.call().caller().apiKeyPrefix().value()).isEqualTo(key.split("[.]")[0]);
    }

    @Test
    void behindATrustedProxyTheAddressIsTheClientsAndNobodyElseMaySayIt() {
        var key = published(new KeyBounds(null, null, List.of("10.0.0.0/8"), null), 403);

        assertThat(from("10.1.2.3", key)).isEqualTo(200);
        assertThat(from("10.1.2.3, 192.0.2.7", key)).isEqualTo(200);
        assertThat(from("10.1.2.3, 203.0.113.9", key)).isEqualTo(403);
        assertThat(from("10.1.2.3, unknown", key)).isEqualTo(403);
    }

    private int from(String forwarded, String key) {
        var headers = new HashMap<>(auth(key));
        headers.put("x-forwarded-for", forwarded);
        try (var http = TestHttp.connect(rig.edge.port())) {
            return http.request("GET", "/v1/models", headers, "").read().status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aKeyOutsideItsHoursIsToldSo() {
        var today = Instant.now().atZone(ZoneOffset.UTC).getDayOfWeek();
        var never = List.of(today.plus(3));
        var always = List.of(DayOfWeek.values());

        var refused = published(times(never), 403);
        published(times(always), 200);

        refusalIsRecorded(refused, "time_not_authorized");
        assertThat(get("/v1/models", refused).status()).isEqualTo(403);
    }

    @Test
    void aKeyOfTheOperatorsOwnMakingIsFoundByItsFirst16Characters() {
        var own = "sk/live.Q7dX2mPz-9LkV4tRwB8nYc3Hs";
        rig.write(rig.key(own.substring(0, 16), own, KeyBounds.NONE));
        Eventually.await(EdgeRig.PATIENCE, "own key", () -> status(own) == 200);

        var sibling = chat("acme/good", own.substring(0, 16) + "-anotherSecret0123456789");
        var unknown = chat("acme/good", "xk/live.Q7dX2mPz-9LkV4tRwB8nYc3Hs");
        var shortened = chat("acme/good", own.substring(0, 16));

        for (var reply : List.of(sibling, unknown, shortened)) {
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.body()).contains("Incorrect API key provided");
        }
    }

    private static KeyBounds times(List<DayOfWeek> days) {
        var windows = List.of(new WeeklyWindow(days, 0, WeeklyWindow.MINUTES_OF_A_DAY));
        return new KeyBounds(null, null, List.of(), new WeeklyTimes("UTC", windows));
    }

    /** A key bound so, once the edge answers it with {@code status}. */
    private String published(KeyBounds bounds, int status) {
        var text = ApiKeyText.generate("tp", new SecureRandom());
        rig.write(rig.key(text.prefix(), text.whole(), bounds));
        var key = text.whole();
        Eventually.await(EdgeRig.PATIENCE, "answered " + status, () -> status(key) == status);
        return key;
    }

    private int status(String key) {
        return chat("acme/good", key).status();
    }

    private Reply chat(String model, String key) {
        try (var http = TestHttp.connect(rig.edge.port())) {
            return http.postJson("/v1/chat/completions", auth(key), CHAT.formatted(model)).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reply get(String path, String key) {
        try (var http = TestHttp.connect(rig.edge.port())) {
            return http.request("GET", path, auth(key), "").read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> auth(String key) {
        return Map.of("authorization", "Bearer " + key);
    }
}
