package dev.turnpike.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.config.InvalidSettingsException;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.schemas.webhook.CustomerField;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebhookConfigTest {
    @Test
    void withoutSettingsTheDefaultsHold() {
        var settings = Settings.of(Map.of());
        var config = WebhookConfig.read(settings);
        settings.finish();
        assertThat(config)
                .isEqualTo(
                        new WebhookConfig(
                                Path.of("data/webhook"),
                                Optional.empty(),
                                1,
                                Duration.ofMillis(200),
                                Duration.ofSeconds(15),
                                16,
                                256,
                                false,
                                "X-Turnpike",
                                CustomerField.EXTERNAL_ENTITY_ID));
    }

    @Test
    void aHeaderPrefixThatCouldBreakALineIsAMistake() {
        var settings =
                Settings.of(
                        Map.of(
                                "branding.header-prefix", "X:Y",
                                "webhook.instance-id", "a b",
                                "webhook.batch-wait", "2s"));
        WebhookConfig.read(settings);
        assertThatThrownBy(settings::finish)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("branding.header-prefix")
                .hasMessageContaining("webhook.instance-id")
                .hasMessageContaining("webhook.batch-wait");
    }
}
