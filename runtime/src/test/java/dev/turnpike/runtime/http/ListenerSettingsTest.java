package dev.turnpike.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListenerSettingsTest {
    @Test
    void defaultsAreThese() {
        var expected =
                new ListenerSettings(
                        "127.0.0.1",
                        8080,
                        8 << 20,
                        16 << 10,
                        20_000,
                        10_000,
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(6),
                        Duration.ofSeconds(20));

        assertThat(ListenerSettings.read(Settings.of(Map.of()), "edge", 8080)).isEqualTo(expected);
    }
}
