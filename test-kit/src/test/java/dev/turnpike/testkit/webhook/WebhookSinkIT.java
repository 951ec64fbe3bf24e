package dev.turnpike.testkit.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.net.FreePorts;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import dev.turnpike.testkit.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class WebhookSinkIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void acceptedEventsAreCountedByTheirKeyAndRefusedOnesAreNot() throws IOException {
        try (var sink = WebhookSink.start()) {
            // Given
            sink.enqueue(
                    Script.status(500),
                    Script.retryAfter(503, Duration.ofSeconds(7)),
                    Script.redirect("http://127.0.0.1:1/"),
                    Script.status(410));
            // When
            assertThat(deliver(sink.port(), "a").status()).isEqualTo(500);
            assertThat(deliver(sink.port(), "b").header("retry-after")).contains("7");
            assertThat(deliver(sink.port(), "c").header("location")).isPresent();
            assertThat(deliver(sink.port(), "d").status()).isEqualTo(410);
            assertThat(deliver(sink.port(), "e").status()).isEqualTo(200);
            assertThat(deliver(sink.port(), "e", "f").status()).isEqualTo(200);
            // Then
            Eventually.await(PATIENCE, "three accepted", () -> sink.events().size() == 3);
            assertThat(sink.eventCounts()).isEqualTo(Map.of("e", 2, "f", 1));
            assertThat(sink.deliveries()).hasSize(6);
        }
    }

    @Test
    void theRawBodyAndHeadersAreKeptAsSigned() throws IOException {
        try (var sink = WebhookSink.start()) {
            deliver(sink.port(), "a");
            var delivery = sink.awaitDeliveries(1, PATIENCE).getFirst();
            assertThat(delivery.request().text()).isEqualTo(body("a"));
            assertThat(delivery.webhookId()).contains("msg_1");
        }
    }

    @Test
    void aSinkThatWasDownComesBackOnItsPort() throws IOException {
        int port = FreePorts.one();
        WebhookSink.start(port).close();
        try (var sink = WebhookSink.start(port)) {
            assertThat(deliver(port, "a").status()).isEqualTo(200);
            assertThat(sink.awaitEvents(1, PATIENCE)).hasSize(1);
        }
    }

    @Test
    void asAProcessItKeepsEventsBeforeItAnswers(@TempDir Path directory) throws IOException {
        var events = directory.resolve("events");
        var args = List.of("0", events.toString());
        try (var child = ChildProcess.start(WebhookSinkMain.class, args, Map.of(), directory)) {
            var line = child.awaitLine(WebhookSinkMain.LISTENING, PATIENCE);
            deliver(Integer.parseInt(line.substring(WebhookSinkMain.LISTENING.length())), "a", "b");
            child.killNow();
        }
        assertThat(Files.readAllLines(events))
                .containsExactly("{\"idempotencyKey\":\"a\"}", "{\"idempotencyKey\":\"b\"}");
    }

    private static Reply deliver(int port, String... keys) throws IOException {
        try (var http = TestHttp.connect(port)) {
            return http.postJson("/hook", Map.of("Webhook-Id", "msg_1"), body(keys)).read();
        }
    }

    private static String body(String... keys) {
        var events = List.of(keys).stream().map("{\"idempotencyKey\":\"%s\"}"::formatted).toList();
        return "{\"type\":\"API_BILLING_USAGE\",\"data\":{\"events\":[%s]}}"
                .formatted(String.join(",", events));
    }
}
