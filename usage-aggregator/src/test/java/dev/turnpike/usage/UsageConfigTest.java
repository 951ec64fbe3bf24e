package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.config.InvalidSettingsException;
import dev.turnpike.runtime.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageConfigTest {
    @Test
    void everythingHasADefault() {
        var settings = Settings.of(Map.of());
        var config = UsageConfig.read(settings);
        settings.finish();
        assertThat(config)
                .isEqualTo(
                        new UsageConfig(
                                Path.of("data", "usage"),
                                Optional.empty(),
                                1,
                                Duration.ofDays(10)));
    }

    @Test
    void allMistakesAreReportedTogether() {
        var settings =
                Settings.of(
                        Map.of(
                                "usage.instance-id", "a b",
                                "usage.threads", "0",
                                "usage.request-retention", "7d"));
        UsageConfig.read(settings);
        assertThatThrownBy(settings::finish)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("usage.instance-id")
                .hasMessageContaining("usage.threads")
                .hasMessageContaining("usage.request-retention");
    }
}
