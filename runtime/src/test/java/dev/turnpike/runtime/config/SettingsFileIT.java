package dev.turnpike.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileIT {
    @TempDir Path directory;

    @Test
    void nestedAndDottedKeysMeanTheSame() throws IOException {
        var settings =
                read(
                        """
                        edge:
                          port: 0123
                          tls.hosts: [a, "b"]
                        edge.idle: no
                        """);

        assertThat(settings.integer("edge.port", 0, 999, 0, "Port.")).isEqualTo(123);
        assertThat(settings.list("edge.tls.hosts", List.of(), "Hosts.")).containsExactly("a", "b");
        assertThat(settings.text("edge.idle", "", "Idle.")).isEqualTo("no");
        settings.finish();
    }

    @Test
    void aKeyGivenTwiceIsAMistakeHoweverItIsWritten() {
        assertThatThrownBy(() -> read("a: 1\na: 2\n")).isInstanceOf(InvalidSettingsException.class);
        assertThatThrownBy(() -> read("a:\n  b: 1\na.b: 2\n"))
                .hasMessageContaining("a.b: given twice");
    }

    @Test
    void whatIsNotAMappingOfPlainValuesIsAMistake() {
        assertThatThrownBy(() -> read("- a\n")).hasMessageContaining("key: value");
        assertThatThrownBy(() -> read("a:\n")).hasMessageContaining("a: has no value");
        assertThatThrownBy(() -> read("a: [{b: 1}]\n")).hasMessageContaining("plain values only");
        assertThatThrownBy(() -> read("a: &x 1\nb: *x\n")).hasMessageContaining("aliases");
        assertThatThrownBy(() -> read("a: 1\n---\nb: 1\n")).hasMessageContaining("more than one");
        assertThatThrownBy(() -> read("a: [1\n")).hasMessageContaining("not valid YAML");
        assertThatThrownBy(() ->
                        SettingsSource.load(
                                Map.of(), Map.of(), Optional.of(directory.resolve("none"))))
                .hasMessageContaining("cannot be read");
    }

    @Test
    void anEmptyFileSetsNothing() throws IOException {
        read("# nothing\n").finish();
    }

    @Test
    void aSecretIsReadFromTheFileItsVariableNames() throws IOException {
        var file = Files.writeString(directory.resolve("secret"), "  hush\n");
        var environment = Map.of("TURNPIKE_A_KEY_FILE", file.toString());
        var settings = new Settings(new SettingsSource(Map.of(), environment, Map.of()));

        assertThat(settings.secret("a.key", "Key.").reveal()).isEqualTo("hush");
        settings.finish();
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void aSecretGivenTwiceOrUnreadableOrEmptyIsAMistake() throws IOException {
        var empty = Files.writeString(directory.resolve("empty"), "\n");
        var environment =
                Map.of(
                        "TURNPIKE_A", "x",
                        "TURNPIKE_A_FILE", empty.toString(),
                        "TURNPIKE_B_FILE", directory.resolve("none").toString(),
                        "TURNPIKE_C_FILE", empty.toString());
        var settings = new Settings(new SettingsSource(Map.of(), environment, Map.of()));
        settings.secret("a", "A.");
        settings.secret("b", "B.");
        settings.optionalSecret("c", "C.");

        assertThatThrownBy(settings::finish)
                .isInstanceOfSatisfying(
                        InvalidSettingsException.class,
                        e ->
                                assertThat(e.mistakes())
                                        .containsExactly(
                                                "a: given both as a value and as a file",
                                                "b-file: cannot be read (NoSuchFileException)",
                                                "c: is empty"));
    }

    private Settings read(String yaml) throws IOException {
        var file = Files.writeString(directory.resolve("settings.yaml"), yaml);
        return new Settings(SettingsSource.load(Map.of(), Map.of(), Optional.of(file)));
    }
}
