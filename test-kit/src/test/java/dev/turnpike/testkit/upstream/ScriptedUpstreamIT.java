package dev.turnpike.testkit.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.testkit.http.Played.Ending;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.Step.Drip;
import dev.turnpike.testkit.http.Step.Status;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ScriptedUpstreamIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PATH = "/v1/chat/completions";

    private final ScriptedUpstream upstream = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void aStreamCarriesDeltasUsageAndDoneAndIsInTheLedger() throws IOException {
        // When
        var reply = stream("any", true);
        // Then
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.whole()).isTrue();
        assertThat(reply.sseData()).hasSize(9).endsWith("[DONE]");
        assertThat(reply.body()).contains("\" scripted\"").contains("\"prompt_tokens\":11");
        var exchange = upstream.ledger().awaitEnded(1, PATIENCE).getFirst();
        assertThat(exchange.servedWhole()).isTrue();
        assertThat(exchange.tokens()).isEqualTo(5);
        assertThat(exchange.requestId()).contains("req-1");
    }

    @Test
    void usageIsStreamedOnlyWhenAskedFor() throws IOException {
        assertThat(stream("any", false).body()).doesNotContain("usage");
        assertThat(stream("no-usage", true).body()).doesNotContain("usage");
        assertThat(stream("usage-everywhere", false).body()).contains("\"completion_tokens\":1,");
        assertThat(stream("no-done", true).body()).contains("usage").doesNotContain("[DONE]");
    }

    @Test
    void severalRequestsShareAConnection() throws IOException {
        try (var http = TestHttp.connect(upstream.port())) {
            for (int i = 0; i < 3; i++) {
                var reply = http.postJson(PATH, Map.of(), "{\"model\":\"tokens-7-9\"}").read();
                assertThat(reply.body()).contains("\"total_tokens\":16");
            }
        }
        assertThat(upstream.ledger().awaitEnded(3, PATIENCE))
                .allMatch(Exchange::servedWhole)
                .extracting(Exchange::tokens)
                .containsOnly(9);
    }

    @Test
    void aResetMidStreamIsCutForTheClientAndInTheLedger() throws IOException {
        var reply = stream("reset-midstream", true);
        assertThat(reply.whole()).isFalse();
        assertThat(endings()).containsExactly(Ending.CUT);
    }

    @Test
    void errorsRedirectsAndGarbageComeAsNamed() throws IOException {
        var limited = stream("error-429", true);
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.header("Retry-After")).contains("1");
        assertThat(limited.body()).contains("\"code\":\"scripted_429\"");
        assertThat(stream("redirect", true).status()).isEqualTo(302);
        assertThat(stream("huge-line", true).body()).hasSizeGreaterThan(4 << 20);
        assertThatThrownBy(() -> stream("garbage", true)).hasMessageContaining("not an HTTP");
        assertThatThrownBy(() -> stream("reset", true)).isInstanceOf(EOFException.class);
    }

    @Test
    void aClientThatLeavesAnEndlessStreamIsNoticedAtOnce() throws IOException {
        // Given
        try (var http = open("endless")) {
            http.readHead();
            http.readPart();
            http.readPart();
        }
        // When
        var exchange = upstream.ledger().awaitEnded(1, PATIENCE).getFirst();
        // Then
        assertThat(exchange.endedBy(Ending.PEER_CLOSED)).isTrue();
        assertThat(exchange.took()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aHangingRequestIsRunningUntilItsClientLeaves() throws IOException {
        try (var http = open("hang")) {
            assertThat(upstream.ledger().awaitRequests(1, PATIENCE).getFirst().played()).isEmpty();
            http.abort();
        }
        assertThat(endings()).containsExactly(Ending.PEER_CLOSED);
    }

    @Test
    void stoppingTheServerEndsAHangingRequestAsStopped() throws IOException {
        try (var http = open("hang")) {
            upstream.ledger().awaitRequests(1, PATIENCE);
            upstream.close();
            assertThat(http.closedByServer()).isTrue();
        }
        assertThat(endings()).containsExactly(Ending.STOPPED);
    }

    @Test
    void queuedScriptsComeFirstThenTheFunction() throws IOException {
        upstream.enqueue(Script.status(418))
                .answer(request -> Script.answer("echo", 200, Map.of(), request.target()));
        assertThat(stream("any", false).status()).isEqualTo(418);
        assertThat(stream("any", false).body()).isEqualTo(PATH);
    }

    @Test
    void slowStreamsAndDripsTakeTheirTime() throws IOException {
        var deltas = List.of("a", "b", "c");
        var usage = Optional.of(new Usage(1, 3));
        upstream.enqueue(ChatScripts.chatStream(deltas, usage, Duration.ofMillis(40)));
        var arrivals = stream("any", true).sseArrivals();
        assertThat(arrivals.get(3)).isGreaterThan(Duration.ofMillis(110));

        var letters = "letters".getBytes(StandardCharsets.UTF_8);
        upstream.enqueue(
                Script.of(
                        "drip",
                        new Status(200, Map.of("content-length", "7")),
                        new Drip(letters, 100)));
        var dripped = stream("any", true);
        assertThat(dripped.body()).isEqualTo("letters");
        assertThat(dripped.parts().getLast().after()).isGreaterThan(Duration.ofMillis(50));
    }

    @Test
    void theEchoIsAnsweredAlikeAndCounted() throws IOException {
        try (var echo = EchoUpstream.start(0);
                var http = TestHttp.connect(echo.port())) {
            var large = "x".repeat(40_000);
            for (var body : List.of("{}", large, "")) {
                var reply = http.postJson(PATH, Map.of(), body).read();
                assertThat(reply.body()).hasSizeBetween(600, 800).contains("\"total_tokens\":80");
            }
            assertThat(echo.served()).isEqualTo(3);
        }
    }

    private List<Ending> endings() {
        return upstream.ledger().awaitEnded(1, PATIENCE).stream()
                .map(exchange -> exchange.played().orElseThrow().ending())
                .toList();
    }

    private TestHttp open(String model) throws IOException {
        return TestHttp.connect(upstream.port()).postJson(PATH, Map.of(), body(model, true));
    }

    private Reply stream(String model, boolean usage) throws IOException {
        try (var http = TestHttp.connect(upstream.port())) {
            return http.postJson(PATH, Map.of("X-Request-Id", "req-1"), body(model, usage)).read();
        }
    }

    private static String body(String model, boolean usage) {
        return "{\"model\":\"%s\",\"stream\":true,\"stream_options\":{\"include_usage\":%s}}"
                .formatted(model, usage);
    }
}
