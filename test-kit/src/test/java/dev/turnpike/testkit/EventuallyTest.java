package dev.turnpike.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {
    @Test
    void theFirstAcceptedValueIsReturned() {
        var polls = new AtomicInteger();
        int seen =
                Eventually.await(
                        Duration.ofSeconds(5), "third poll", polls::incrementAndGet, n -> n == 3);
        assertThat(seen).isEqualTo(3);
    }

    @Test
    void aFailureSaysWhatWasWaitedForAndWhatWasSeen() {
        assertThatThrownBy(() ->
                        Eventually.await(Duration.ofMillis(20), "the moon", () -> 7, n -> n == 8))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the moon")
                .hasMessageContaining("7");
    }

    @Test
    void theManualClockMovesOnlyWhenTold() {
        var clock = ManualClock.at("2026-11-01T12:00:00Z");
        assertThat(clock.read()).isZero();
        clock.advance(Duration.ofMinutes(1));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-01T12:01:00Z"));
        assertThat(clock.read()).isEqualTo(Duration.ofMinutes(1).toNanos());
    }
}
