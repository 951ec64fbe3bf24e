package dev.turnpike.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theHelpListsEveryCommandAndEveryExitCode() {
        assertThat(run("--help")).isZero();
        assertThat(out())
                .contains("  up ", "  demo ", "  edge ", "  control-plane ", "  usage-aggregator ")
                .contains("  webhook-dispatcher ", "  version ", "  config ", "  completion ")
                .contains("  test ", "  bench ")
                .contains("   0 ", "   1 ", "   2 ", "  69 ", "  70 ", "  78 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up",
                "demo",
                "edge",
                "control-plane",
                "usage-aggregator",
                "webhook-dispatcher",
                "version",
                "config",
                "config check",
                "completion",
                "test",
                "bench"
            })
    void everyCommandExplainsItself(String command) {
        assertThat(run((command + " --help").split(" "))).isZero();
        assertThat(out()).startsWith("Usage: turnpike " + command).contains("Exit codes:");
    }

    @Test
    void theHelpOfUpNamesTheDefaultPorts() {
        run("up", "--help");
        assertThat(out()).contains("8080", "8090", "19092", "--allow-private-network");
    }

    @Test
    void anUnknownOptionOrCommandIsAUsageError() {
        assertThat(run("up", "--nope")).isEqualTo(2);
        assertThat(err()).contains("--nope");
        assertThat(run("dance")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
    }

    @Test
    void everyMistakeOfTheSettingsIsListedAtOnce() {
        int code = run("config", "check", "--set", "edge.port=x", "--set", "control.prot=1");
        assertThat(code).isEqualTo(78);
        assertThat(err())
                .contains("edge.port: must be a whole number (flag)")
                .contains("control.prot: unknown setting (did you mean control.port?)");
    }

    @Test
    void goodSettingsPassAndUnknownVariablesAreOnlyNamed() {
        var environment =
                Map.of("TURNPIKE_EDGE_PORT", "1234", "TURNPIKE_X", "1", "TURNPIKE_HEAP", "2g");
        assertThat(run(environment, "config", "check")).isZero();
        assertThat(err()).contains("TURNPIKE_X").doesNotContain("TURNPIKE_HEAP", "EDGE_PORT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"edge", "control-plane", "usage-aggregator", "webhook-dispatcher"})
    void aServiceAloneAsksForItsClusterAndMasterKey(String command) {
        assertThat(run(command)).isEqualTo(78);
        assertThat(err())
                .contains("kafka.bootstrap-servers: is required", "secrets.master-key: is");
    }

    @Test
    void theSchemaIsJsonAndKnowsTheSettingsOfAllServices() {
        assertThat(run("config", "schema")).isZero();
        var schema = Json.parse(out.toByteArray());
        for (var place :
                List.of("/edge/properties/port", "/control/properties/port", "/owner-key-file")) {
            assertThat(schema.at("/properties" + place).isObject()).as(place).isTrue();
        }
    }

    @Test
    void completionKnowsTheCommands() {
        assertThat(run("completion", "bash")).isZero();
        assertThat(out()).contains("control-plane", "--gateway-port");
        assertThat(run("completion", "zsh")).isZero();
        assertThat(run("completion", "fish")).isEqualTo(2);
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(run("version")).isZero();
        assertThat(out()).containsPattern("turnpike \\d+\\.\\d+").contains("kafka 4.");
    }

    @Test
    void commandsOfTheScriptSaySo() {
        assertThat(run("test")).isEqualTo(2);
        assertThat(err()).contains("./turnpike test");
        assertThat(run("bench")).isEqualTo(2);
        assertThat(err()).contains("./turnpike bench");
    }

    private int run(String... args) {
        return run(Map.of(), args);
    }

    private int run(Map<String, String> environment, String... args) {
        out.reset();
        err.reset();
        var console =
                new Console(
                        environment,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        return TurnpikeCommand.run(console, args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
