package dev.turnpike.launcher.all;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.http.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(400)
class DemoIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir private Path directory;

    @Test
    void theWholeStoryHolds() {
        try (var child =
                Program.run(
                        directory,
                        Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + directory),
                        List.of("demo", "--exit", "--json"))) {
            // When
            int code = child.awaitExit(PATIENCE);
            // Then
            assertThat(code).as(child.stderr()).isZero();
            var lines = child.stdout().lines().toList();
            assertThat(lines).as("only JSON on stdout").hasSize(1);
            var facts = Json.parse(lines.getLast().getBytes(StandardCharsets.UTF_8));
            assertThat(facts.path("gateway_url").asText()).startsWith("http://127.0.0.1:");
            assertThat(facts.path("control_url").asText()).startsWith("http://127.0.0.1:");
            assertThat(facts.path("kafka_bootstrap").asText()).startsWith("127.0.0.1:");
            assertThat(facts.at("/completion/streamed").asBoolean()).isTrue();
            assertThat(facts.at("/completion/text").asText()).contains("demo");
            assertThat(facts.at("/completion/usage/total_tokens").asLong())
                    .isPositive()
                    .isEqualTo(
                            facts.at("/completion/usage/prompt_tokens").asLong()
                                    + facts.at("/completion/usage/completion_tokens").asLong());
            assertThat(facts.at("/limit_refusal/status").asInt()).isEqualTo(429);
            assertThat(facts.at("/limit_refusal/retry_after").asInt()).isPositive();
            assertThat(facts.at("/limit_refusal/decision").asText()).startsWith("dec_");
            assertThat(facts.at("/ledger/entries").asInt()).isEqualTo(4);
            assertThat(new BigDecimal(facts.at("/ledger/cost_usd").textValue())).isPositive();
            assertThat(facts.at("/webhook/deliveries").asInt()).isPositive();
            assertThat(facts.at("/webhook/verified").asBoolean()).isTrue();
            assertThat(facts.path("revoked_key_status").asInt()).isEqualTo(401);
            assertThat(facts.path("seconds").asDouble()).isPositive();
            assertThat(facts.has("failed")).isFalse();
        }
        assertThat(directory)
                .as("the temporary directory is gone")
                .isDirectoryNotContaining(
                        path -> path.getFileName().toString().startsWith("turnpike-demo-"));
    }

    @Test
    void withoutExitItStaysUpAndSaysHowToGoOn() {
        var data = directory.resolve("data").toString();
        try (var child = Program.run(directory, Map.of(), List.of("demo", "--data-dir", data))) {
            // When
            child.awaitLine("api_key=\"tp_[^\"]+\"", PATIENCE);
            child.awaitLine("What you call shows up here", PATIENCE);
            var key = child.stdout().split("api_key=\"", 2)[1].split("\"", 2)[0];
            var url = child.stdout().split("base_url=\"", 2)[1].split("/v1\"", 2)[0];
            try (var guest = new Operator(url, url, key)) {
                assertThat(guest.chat(key, "demo/hello").status()).isEqualTo(200);
            }
            // Then
            child.awaitLine("billed: \\d+ tokens in, \\d+ out, 0\\.\\d+ USD", Operator.PATIENCE);
            child.terminate();
            assertThat(child.awaitExit(Program.STOP_PATIENCE)).isEqualTo(128 + 15);
        }
    }
}
