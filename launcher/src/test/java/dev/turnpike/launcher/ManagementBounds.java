package dev.turnpike.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.ManagementSamples.Sample;
import dev.turnpike.launcher.contract.BodyBounds;
import dev.turnpike.launcher.contract.Contract;
import dev.turnpike.launcher.contract.Contract.Operation;
import dev.turnpike.runtime.http.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Passes the bounds that the management API describes, one at a time. */
final class ManagementBounds {
    private static final Contract CONTRACT = Contract.ofControl();

    private final ControlClient client;
    private final ManagementSamples samples;

    ManagementBounds(ControlClient client, ManagementSamples samples) {
        this.client = client;
        this.samples = samples;
    }

    /** What is one too long, too large or too many is refused by its name, what is not is not. */
    Stream<DynamicTest> bodies() {
        return CONTRACT.operations().stream()
                .filter(operation -> operation.path().startsWith("/v1/gateway/"))
                .filter(operation -> !BodyBounds.of(CONTRACT, operation).isEmpty())
                .map(operation -> dynamicTest(operation.id(), () -> boundsHold(operation)));
    }

    private void boundsHold(Operation operation) {
        var sample = samples.of(operation);
        for (var bound : BodyBounds.of(CONTRACT, operation)) {
            var body = whole(operation, bound, Objects.requireNonNull(sample.body()));
            var about = operation + " " + bound.named() + " " + bound.rule();
            var got = tried(operation, sample, bound.beyondIn(body));
            assertThat(got.status()).as("%s: %s", about, got.body()).isEqualTo(400);
            var param = got.text("/error/param");
            assertThat(param.startsWith(bound.named()) || bound.named().startsWith(param))
                    .as("%s: %s", about, got.body())
                    .isTrue();
            if (bound.within().isPresent()) {
                var last = tried(operation, sample, bound.in(body, bound.within().get()));
                assertThat(last.status() == 400 ? last.text("/error/message") : "")
                        .as("%s, just within: %s", about, last.body())
                        .doesNotContain("characters", "must be from", "at most");
            }
        }
    }

    /** The sample with what has to stand beside that field. */
    private static String whole(Operation operation, BodyBounds.Bound bound, String body) {
        var json = Json.parseObject(body.getBytes(UTF_8));
        switch (operation.id()) {
            case "createGroup", "updateGroup", "upsertUser" -> {
                var model = json.putArray("models").addObject().put("slug", "sample/m");
                model.putArray("rate_limits").add(limit("MINUTE"));
                model.putArray("usage_limits").add(limit("DAY"));
            }
            case "mintApiKey", "mintApiKeyOfUser", "registerApiKey" -> {
                var times = json.putObject("allowed_times").put("time_zone", "UTC");
                var window = times.putArray("windows").addObject();
                window.put("from", "08:00").put("to", "18:00").putArray("days").add("MONDAY");
            }
            case "createEndpoint", "updateEndpoint" -> {
                var target = json.putArray("targets").addObject().put("provider", "DEMO");
                if (bound.named().contains("vertex_config")) {
                    target.putObject("vertex_config").put("project_id", "p").put("location", "l");
                }
            }
            case "createDomain" -> {
                if (bound.named().equals("private_key")) {
                    json.put("certificate_chain", "none");
                }
            }
            default -> {
                // Has all it needs.
            }
        }
        return json.toString();
    }

    private static ObjectNode limit(String unit) {
        return Json.object().put("type", "TOKEN").put("unit", unit).put("threshold", 1);
    }

    /** No list gives more than it says, or goes on from where it did not stop for this asker. */
    Stream<DynamicTest> lists() {
        return CONTRACT.operations().stream()
                .filter(operation -> CONTRACT.takes(operation, "cursor"))
                .map(operation -> dynamicTest(operation.id(), () -> pagesHold(operation)));
    }

    private void pagesHold(Operation operation) {
        var sample = samples.of(operation);
        for (var query :
                List.of(
                        "limit=0",
                        "limit=1001",
                        "limit=x",
                        "limit=1&limit=1",
                        "limit=%2B5",
                        "limit=0010",
                        "limit=%EF%BC%95")) {
            wrong(sample, query, "limit");
        }
        for (int i = 0; i < 2; i++) {
            samples.of(operation("createCredential")).send(client);
            client.post("groups", samples.group());
        }
        var list = operation.id().equals("listCredentials") ? "groups" : "credentials";
        var foreign = client.get(list + "?limit=1").text("/pagination/cursor");
        wrong(sample, "cursor=" + foreign, "cursor");
        for (var nonsense : List.of("AAAA", "%21", "x".repeat(3_000))) {
            wrong(sample, "cursor=" + nonsense, "cursor");
        }
    }

    private void wrong(Sample sample, String query, String param) {
        var got = sample.send(client, query, Map.of());
        assertThat(got.status()).as("%s %s", sample.operation(), query).isEqualTo(400);
        assertThat(got.text("/error/param")).as("%s", got.body()).isEqualTo(param);
    }

    /** A cursor of which any character is another is refused. */
    void cursors() {
        client.post("groups", samples.group());
        client.post("groups", samples.group());
        var cursor = client.get("groups?limit=1").text("/pagination/cursor");
        for (int i = 0; i < cursor.length(); i++) {
            var other = cursor.charAt(i) == 'A' ? 'B' : 'A';
            var forged = cursor.substring(0, i) + other + cursor.substring(i + 1);
            var got = client.get("groups?limit=1&cursor=" + forged);
            assertThat(got.status()).as("character %d", i).isEqualTo(400);
            assertThat(got.text("/error/param")).isEqualTo("cursor");
        }
        assertThat(client.get("groups?limit=1&cursor=" + cursor).status()).isEqualTo(200);
    }

    private static Operation operation(String id) {
        return CONTRACT.operations().stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** The same that the sample asks for, with another body, and without doing it. */
    private ControlClient.Got tried(Operation operation, Sample sample, String body) {
        var headers =
                operation.id().equals("registerApiKey")
                        ? samples.signatureOf(body)
                        : sample.headers();
        return new Sample(operation, sample.ids(), headers, body)
                .send(client, "dry_run=true", Map.of());
    }
}
