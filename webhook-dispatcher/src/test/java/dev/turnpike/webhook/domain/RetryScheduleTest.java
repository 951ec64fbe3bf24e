package dev.turnpike.webhook.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryScheduleTest {
    private static final Instant NOW = Samples.START;

    private static Optional<Instant> next(int failures, Optional<Duration> retryAfter, long seed) {
        return RetrySchedule.next(failures, NOW, NOW, retryAfter, new Random(seed));
    }

    @Test
    void everyWaitStaysWithinItsJitterAndTheLastAttemptComesAfterTheWholeSpan() {
        for (long seed = 0; seed < 200; seed++) {
            for (int failures = 1; failures < RetrySchedule.DELAYS.size(); failures++) {
                var planned = RetrySchedule.DELAYS.get(failures).toMillis();
                long wait =
                        Duration.between(NOW, next(failures, Optional.empty(), seed).orElseThrow())
                                .toMillis();
                if (failures == RetrySchedule.DELAYS.size() - 1) {
                    assertThat(wait).isGreaterThanOrEqualTo(RetrySchedule.SPAN.toMillis());
                } else {
                    assertThat(wait).isBetween(planned * 8 / 10, planned * 12 / 10);
                }
            }
        }
    }

    @Test
    void afterTheLastAttemptThereIsNone() {
        assertThat(next(RetrySchedule.DELAYS.size(), Optional.of(Duration.ofSeconds(1)), 1))
                .isEmpty();
        assertThat(RetrySchedule.SPAN).isEqualTo(Duration.parse("PT75H35M5S"));
    }

    @Test
    void retryAfterLengthensAWaitButNeverShortensIt() {
        assertThat(next(1, Optional.of(Duration.ofHours(24)), 1))
                .contains(NOW.plus(Duration.ofHours(24)));
        assertThat(next(2, Optional.of(Duration.ZERO), 1)).isEqualTo(next(2, Optional.empty(), 1));
    }

    @ParameterizedTest
    @CsvSource({
        "120, 120",
        "0, 0",
        "' 7 ', 7",
        "99999999999999999999999999, 86400",
        "315360000, 86400",
        "'Sat, 21 Nov 2026 00:01:00 GMT', 60",
        "'Sat, 21 Nov 2020 00:01:00 GMT', 0",
        "'Fri, 21 Nov 2036 00:01:00 GMT', 86400"
    })
    void retryAfterIsReadAsSecondsOrDate(String header, long seconds) {
        assertThat(RetryAfter.parse(header, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-5", "1.5", "soon", "10 years", "Sat, 99 Nov 2026", "0x10", "٣"})
    void garbageInRetryAfterIsAsGoodAsNothing(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isEmpty();
    }
}
