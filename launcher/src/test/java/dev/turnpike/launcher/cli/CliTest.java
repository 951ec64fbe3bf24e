package dev.turnpike.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.launcher.manage.ApiDescription;
import dev.turnpike.runtime.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
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
                .contains("   0 ", "   1 ", "   2 ", "  65 ", "  66 ", "  69 ", "  70 ", "  75 ")
                .contains("  77 ", "  78 ", "  groups ", "  api-keys ");
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
                "apply",
                "groups",
                "groups create",
                "api-keys mint",
                "webhooks rotate-secret",
                "whoami",
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
    void everyOperationOfTheManagementApiIsACommandOfItsOwn() {
        var seen = new HashSet<String>();
        for (var operation : ApiDescription.packaged().operations()) {
            var command = (operation.resource() + " " + operation.verb()).strip();
            assertThat(seen.add(command)).as("%s twice", command).isTrue();
            assertThat(run((command + " --help").split(" "))).as(command).isZero();
            assertThat(out())
                    .startsWith("Usage: turnpike " + command)
                    .contains(operation.method() + " " + operation.path(), "--url", "--json");
        }
        assertThat(seen)
                .contains("endpoints create", "groups list", "api-keys mint", "api-keys revoke")
                .contains("credentials rotate", "webhooks rotate-secret", "audit-events list")
                .contains("management-keys delete", "prices get", "whoami");
    }

    @Test
    void fieldsOfTheBodyAreOptionsAndSecretsComeFromFiles() {
        run("groups", "create", "--help");
        assertThat(out())
                .contains("--external-entity-id=TEXT", "--name=TEXT", "--models=YAML")
                .contains("--limit-enforcement=TEXT", "INDEPENDENT", "--parent-group-id")
                .contains("-f, --file=FILE", "--dry-run", "--idempotency-key");
        run("credentials", "create", "--help");
        assertThat(out()).contains("--value-file=FILE").doesNotContain("--value=");
        run("webhooks", "create", "--help");
        assertThat(out()).contains("--webhook-url=TEXT", "--url=URL", "--event-types=TEXT");
    }

    @Test
    void aRegistrationAsksForTheKeyThatSignsIt() {
        run("api-keys", "register", "--help");
        assertThat(out())
                .contains("--signing-key-file=FILE", "--header-prefix=PREFIX", "X-Turnpike")
                .contains("TURNPIKE_BRANDING_HEADER_PREFIX");
        var key = Map.of("TURNPIKE_KEY", "tpm_x");
        assertThat(run(key, "api-keys", "register", "grp_x", "--name", "n")).isEqualTo(2);
        assertThat(err()).contains("--signing-key-file");
        assertThat(run(key, "api-keys", "register", "g", "--signing-key-file", "-", "--name", "n"))
                .isEqualTo(65);
        assertThat(err()).contains("-: must hold an Ed25519 key");
    }

    @Test
    void aCommandOfTheManagementApiAsksForAKeyAndAUrl() {
        assertThat(run("groups", "list")).isEqualTo(2);
        assertThat(err()).contains("TURNPIKE_KEY", "--key-file");
        var key = Map.of("TURNPIKE_KEY", "tpm_x");
        for (var url : List.of("nonsense", "ftp://x", "http://h/elsewhere", "http://u:p@h", ":")) {
            assertThat(run(key, "groups", "list", "--url", url)).as(url).isEqualTo(2);
        }
        assertThat(run(key, "groups", "create", "--url", "http://127.0.0.1:1")).isEqualTo(2);
        assertThat(err()).contains("a body is needed");
        assertThat(run(key, "groups", "get")).isEqualTo(2);
        assertThat(err()).contains("GROUP_ID");
        assertThat(run(key, "groups")).isEqualTo(2);
        assertThat(err()).contains("list", "create");
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
                Map.of(
                        "TURNPIKE_EDGE_PORT", "1234",
                        "TURNPIKE_X", "1",
                        "TURNPIKE_HEAP", "2g",
                        "TURNPIKE_KEY", "k");
        assertThat(run(environment, "config", "check")).isZero();
        assertThat(err()).contains("TURNPIKE_X").doesNotContain("_HEAP", "_KEY", "EDGE_PORT");
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
        assertThat(out()).contains("control-plane", "--gateway-port", "rotate-secret");
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
