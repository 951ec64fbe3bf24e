package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitHeadersTest {
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0ms",
        "PT0.012S, 12ms",
        "PT1S, 1s",
        "PT1.001S, 2s",
        "PT6M, 6m0s",
        "PT23H59M59S, 23h59m59s",
        "PT24H, 24h0m0s"
    })
    void aResetIsWrittenAsGoWritesDurations(Duration duration, String text) {
        assertThat(RateLimitHeaders.duration(duration.toMillis())).isEqualTo(text);
    }
}
