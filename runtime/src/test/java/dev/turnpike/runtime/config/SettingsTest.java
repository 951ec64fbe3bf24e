package dev.turnpike.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.config.SettingsSource.Given;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private enum Mode {
        FAST_ONE,
        STRICT
    }

    @Test
    void everyMistakeIsReportedAtOnce() {
        var settings =
                Settings.of(
                        Map.of(
                                "edge.port",
                                "99999",
                                "edge.request-timeout",
                                "soon",
                                "edge.prot",
                                "1"));
        var port = settings.integer("edge.port", 0, 65_535, 8080, "Port.");
        var timeout =
                settings.duration(
                        "edge.request-timeout",
                        Duration.ofSeconds(1),
                        Duration.ofHours(1),
                        Duration.ofMinutes(10),
                        "Timeout.");
        settings.secret("edge.key", "Key.");

        assertThat(port).isEqualTo(8080);
        assertThat(timeout).isEqualTo(Duration.ofMinutes(10));
        assertThatThrownBy(settings::finish)
                .isInstanceOfSatisfying(
                        InvalidSettingsException.class,
                        e ->
                                assertThat(e.mistakes())
                                        .containsExactly(
                                                "edge.port: must be in 0..65535",
                                                "edge.request-timeout: must be a duration such as"
                                                        + " 250ms, 5s, 10m, 2h or 7d (file)",
                                                "edge.key: is required",
                                                "edge.prot: unknown setting (did you mean"
                                                        + " edge.port?)"));
    }

    @Test
    void flagsWinOverEnvironmentAndEnvironmentOverFile() {
        var file = Map.of("a.x", given("1"), "a.y", given("1"), "a.z", given("1"));
        var environment = Map.of("TURNPIKE_A_X", "2", "TURNPIKE_A_Y", "2");
        var settings = new Settings(new SettingsSource(Map.of("a.x", "3"), environment, file));

        assertThat(settings.integer("a.x", 0, 9, 0, "X.")).isEqualTo(3);
        assertThat(settings.integer("a.y", 0, 9, 0, "Y.")).isEqualTo(2);
        assertThat(settings.integer("a.z", 0, 9, 0, "Z.")).isEqualTo(1);
        settings.finish();
    }

    @Test
    void dashesAndDotsBothBecomeUnderscoresInTheEnvironment() {
        assertThat(SettingsSource.variable("edge.body-bytes-max"))
                .isEqualTo("TURNPIKE_EDGE_BODY_BYTES_MAX");
    }

    @Test
    void anUnknownVariableIsOnlyAWarning() {
        var environment = Map.of("TURNPIKE_EDGE_PROT", "1", "TURNPIKE_EDGE_PORT", "2", "PATH", "/");
        var settings = new Settings(new SettingsSource(Map.of(), environment, Map.of()));
        settings.integer("edge.port", 0, 9, 0, "Port.");

        settings.finish();

        assertThat(settings.warnings())
                .containsExactly("TURNPIKE_EDGE_PROT: not a setting, ignored");
    }

    @Test
    void everyUnitIsUnderstood() {
        var settings =
                Settings.of(
                        Map.of(
                                "d1", "250ms", "d2", "5s", "d3", "10m", "d4", "2h", "d5", "7d",
                                "b1", "17", "b2", "8MiB", "b3", "64KiB", "b4", "2GiB"));

        assertThat(List.of("d1", "d2", "d3", "d4", "d5"))
                .extracting(key ->
                        settings.duration(
                                key, Duration.ZERO, Duration.ofDays(9), Duration.ZERO, "D."))
                .containsExactly(
                        Duration.ofMillis(250),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(10),
                        Duration.ofHours(2),
                        Duration.ofDays(7));
        assertThat(List.of("b1", "b2", "b3", "b4"))
                .extracting(key -> settings.bytes(key, 0, Long.MAX_VALUE, 0, "B."))
                .containsExactly(17L, 8L << 20, 64L << 10, 2L << 30);
        settings.finish();
    }

    @Test
    void wordsListsPathsAndSectionsAreRead() {
        var file =
                Map.of(
                        "mode", given("fast-one"),
                        "hosts", new Given(List.of("a", "b,c"), true, "file"),
                        "dir", given("/var/x"),
                        "kafka.properties.security.protocol", given("SASL_SSL"));
        var environment = Map.of("TURNPIKE_KAFKA_PROPERTIES_SASL_MECHANISM", "PLAIN");
        var settings = new Settings(new SettingsSource(Map.of(), environment, file));

        assertThat(settings.oneOf("mode", Mode.STRICT, "Mode.")).isEqualTo(Mode.FAST_ONE);
        assertThat(settings.list("hosts", List.of(), "Hosts.")).containsExactly("a", "b,c");
        assertThat(settings.path("dir", Path.of("data"), "Directory."))
                .isEqualTo(Path.of("/var/x"));
        assertThat(settings.section("kafka.properties", "Handed on."))
                .containsOnly(
                        Map.entry("security.protocol", "SASL_SSL"),
                        Map.entry("sasl.mechanism", "PLAIN"));
        settings.finish();
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void whatAnotherServiceReadsIsNotUnknown() {
        var settings = Settings.of(Map.of("edge.port", "1", "audit.port", "2"));
        settings.integer("edge.port", 0, 9, 0, "Port.");
        settings.alsoKnown(
                SettingsCatalog.of(other -> other.integer("audit.port", 0, 9, 0, "Port.")));

        settings.finish();
    }

    @Test
    void theCatalogPrintsAsSchemaAndTable() {
        var catalog =
                SettingsCatalog.of(settings -> {
                    settings.integer("edge.port", 0, 65_535, 8080, "Port to use.");
                    settings.secret("secrets.master-key", "The key.");
                    settings.oneOf("mode", Mode.STRICT, "How.");
                });

        assertThat(SettingsManual.jsonSchema(catalog))
                .contains("\"additionalProperties\" : false")
                .contains("\"maximum\" : 65535")
                .contains("master-key-file")
                .contains("\"enum\" : [ \"fast-one\", \"strict\" ]");
        assertThat(SettingsManual.markdownTable(catalog))
                .contains(
                        "| `edge.port` | `TURNPIKE_EDGE_PORT` | `8080` | 0..65535 | Port to use. |")
                .contains("`TURNPIKE_SECRETS_MASTER_KEY` or `TURNPIKE_SECRETS_MASTER_KEY_FILE`");
    }

    private static Given given(String text) {
        return Given.scalar(text, "file");
    }
}
