package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.upstream.ResponseHeaders;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "retry-after, 7, PT7S",
                "retry-after, 0.25, PT0.25S",
                "retry-after-ms, 1500, PT1.5S",
                "retry-after-ms, 12.5, PT0.013S",
                "retry-after, 86400, PT5M",
                "retry-after, 99999999999, none",
                "retry-after, -1, none",
                "retry-after, soon, none"
            })
    void aProvidersWaitIsReadInEveryFormAndBelievedUpToABound(
            String header, String value, Duration wait) {
        var read = UpstreamProblems.retryAfter(ResponseHeaders.of(header, value));

        assertThat(read.orElse(null)).isEqualTo(wait);
    }

    @Test
    void aDateIsTakenByTheProvidersOwnClock() {
        var headers =
                ResponseHeaders.of(
                        "date", "Sun, 01 Nov 2026 12:00:00 GMT",
                        "retry-after", "Sun, 01 Nov 2026 12:00:09 GMT");

        assertThat(UpstreamProblems.retryAfter(headers)).contains(Duration.ofSeconds(9));
    }

    @Test
    void millisecondsWinOverSeconds() {
        var headers = ResponseHeaders.of("retry-after", "9", "retry-after-ms", "40");

        assertThat(UpstreamProblems.retryAfter(headers)).contains(Duration.ofMillis(40));
    }
}
