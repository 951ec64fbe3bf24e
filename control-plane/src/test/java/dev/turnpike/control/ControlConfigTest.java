package dev.turnpike.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.config.InvalidSettingsException;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.ListenerSettings;
import dev.turnpike.schemas.webhook.CustomerField;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ControlConfigTest {
    @Test
    void defaultsAreThese() {
        var expected =
                new ControlConfig(
                        ListenerSettings.read(Settings.of(Map.of()), "control", 8090),
                        Path.of("data/control"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "tp",
                        "X-Turnpike",
                        false,
                        100,
                        Optional.empty(),
                        CustomerField.EXTERNAL_ENTITY_ID);

        assertThat(ControlConfig.read(Settings.of(Map.of()))).isEqualTo(expected);
    }

    @Test
    void everyMistakeIsReportedAtOnce() {
        var settings =
                Settings.of(
                        Map.of(
                                "owner-key", "short",
                                "branding.key-brand", "longer-than-15-or-not",
                                "branding.control-url", "api.example.com",
                                "control.instance-id", "a b",
                                "control.advertised-url", "ftp://x"));
        ControlConfig.read(settings);

        assertThatThrownBy(settings::finish)
                .isInstanceOf(InvalidSettingsException.class)
                .message()
                .contains(
                        "owner-key:",
                        "branding.key-brand:",
                        "branding.control-url:",
                        "control.instance-id:",
                        "control.advertised-url:");
    }
}
