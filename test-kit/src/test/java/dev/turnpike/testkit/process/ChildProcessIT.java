package dev.turnpike.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.Played.Ending;
import dev.turnpike.testkit.net.TestHttp;
import dev.turnpike.testkit.upstream.LedgerLine;
import dev.turnpike.testkit.upstream.ScriptedUpstreamMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildProcessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    @TempDir private Path directory;

    @Test
    void theUpstreamsLedgerFileSurvivesItsKill() throws IOException {
        // Given
        var file = directory.resolve("ledger");
        var args = List.of("--port", "0", "--ledger", file.toString());
        try (var child = start(args)) {
            try (var http = TestHttp.connect(port(child))) {
                var headers = Map.of("x-request-id", "req-1");
                http.postJson("/v1/chat/completions", headers, "{\"model\":\"tokens-3-4\"}").read();
                http.postJson("/v1/chat/completions", headers, "{\"model\":\"reset\"}");
                Eventually.await(PATIENCE, "2 lines", () -> LedgerLine.read(file).size() == 2);
            }
            // When
            child.killNow();
            // Then
            assertThat(child.awaitExit(PATIENCE)).isEqualTo(128 + SIGKILL);
        }
        var lines = LedgerLine.read(file);
        assertThat(lines).extracting(LedgerLine::ending).containsExactly(Ending.WHOLE, Ending.CUT);
        assertThat(lines.getFirst().requestId()).isEqualTo("req-1");
        assertThat(lines.getFirst().model()).isEqualTo("tokens-3-4");
        assertThat(lines.getFirst().tokens()).isEqualTo(4);
    }

    @Test
    void theEchoServesAsAProcessAndEndsWhenAsked() throws IOException {
        try (var child = start(List.of("--echo"))) {
            try (var http = TestHttp.connect(port(child))) {
                assertThat(http.request("GET", "/", Map.of(), "").read().status()).isEqualTo(200);
            }
            child.terminate();
            assertThat(child.awaitExit(PATIENCE)).isEqualTo(128 + SIGTERM);
        }
    }

    @Test
    void aChildThatFailsIsReportedWithItsErrors() {
        try (var child = start(List.of("--port", "none"))) {
            assertThatThrownBy(() -> port(child))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("alive: false")
                    .hasMessageContaining("NumberFormatException");
        }
    }

    private ChildProcess start(List<String> args) {
        return ChildProcess.start(ScriptedUpstreamMain.class, args, Map.of(), directory);
    }

    private static int port(ChildProcess child) {
        var line = child.awaitLine(ScriptedUpstreamMain.LISTENING, PATIENCE);
        return Integer.parseInt(line.substring(ScriptedUpstreamMain.LISTENING.length()));
    }
}
