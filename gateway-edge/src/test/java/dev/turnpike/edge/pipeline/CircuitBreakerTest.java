package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.pipeline.CircuitBreaker.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private long nanos;
    private final CircuitBreaker breaker = new CircuitBreaker(() -> nanos);

    @Test
    void itOpensAfterFailuresInARowAndNotAfterScatteredOnes() {
        for (int i = 0; i < 3 * CircuitBreaker.FAILURES_TO_OPEN; i++) {
            assertThat(breaker.allows()).isTrue();
            breaker.failed();
            breaker.succeeded();
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);

        open();

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.allows()).isFalse();
    }

    @Test
    void aTargetThatWasWellForLongIsWatchedAllTheSame() {
        for (int i = 0; i < 3; i++) {
            assertThat(breaker.allows()).isTrue();
            breaker.began();
            breaker.succeeded();
        }
        breaker.cool(Duration.ofSeconds(2));
        assertThat(breaker.allows()).isFalse();
        pass(Duration.ofSeconds(2));
        assertThat(breaker.allows()).isTrue();
        breaker.began();
        breaker.succeeded();

        open();

        assertThat(breaker.allows()).isFalse();
    }

    @Test
    void afterItsTimeOneProbeGoesThroughAndClosesIt() {
        open();
        pass(CircuitBreaker.OPEN_FIRST);

        assertThat(breaker.allows()).isTrue();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.allows()).isFalse();
        breaker.succeeded();

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.allows()).isTrue();
    }

    @Test
    void aFailedProbeDoublesTheTimeUpToABound() {
        open();
        var open = CircuitBreaker.OPEN_FIRST;
        for (int i = 0; i < 10; i++) {
            pass(open.minusNanos(1));
            assertThat(breaker.allows()).isFalse();
            pass(Duration.ofNanos(1));
            assertThat(breaker.allows()).isTrue();
            breaker.failed();
            var doubled = open.multipliedBy(2);
            open =
                    doubled.compareTo(CircuitBreaker.OPEN_MAX) < 0
                            ? doubled
                            : CircuitBreaker.OPEN_MAX;
        }
        assertThat(open).isEqualTo(CircuitBreaker.OPEN_MAX);
    }

    @Test
    void answersThatBreakOffCountAsFailuresAlthoughTheyBegan() {
        for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
            assertThat(breaker.allows()).isTrue();
            breaker.began();
            breaker.failed();
        }

        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void aProbeThatBeginsLetsOthersThroughAndOneThatBreaksOffKeepsThemAwayForLonger() {
        open();
        pass(CircuitBreaker.OPEN_FIRST);
        assertThat(breaker.allows()).isTrue();
        breaker.began();
        assertThat(breaker.allows()).isTrue();

        breaker.failed();

        pass(CircuitBreaker.OPEN_FIRST);
        assertThat(breaker.allows()).isFalse();
        pass(CircuitBreaker.OPEN_FIRST);
        assertThat(breaker.allows()).isTrue();
        breaker.began();
        breaker.succeeded();
        breaker.failed();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeWhoseClientLeftMakesPlaceForTheNext() {
        open();
        pass(CircuitBreaker.OPEN_FIRST);
        assertThat(breaker.allows()).isTrue();

        breaker.released();

        assertThat(breaker.allows()).isTrue();
    }

    @Test
    void aProbeThatNeverEndsIsGivenUp() {
        open();
        pass(CircuitBreaker.OPEN_FIRST);
        assertThat(breaker.allows()).isTrue();

        pass(CircuitBreaker.PROBE_MAX);

        assertThat(breaker.allows()).isTrue();
    }

    @Test
    void aTargetThatAskedToBeLeftAloneIsLeftAloneForThatTime() {
        breaker.cool(Duration.ofSeconds(20));

        pass(Duration.ofSeconds(19));
        assertThat(breaker.allows()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(breaker.allows()).isTrue();
    }

    @Test
    void onlyAFewAreForcedThroughAtOnce() {
        for (int i = 0; i < CircuitBreaker.FORCED_MAX; i++) {
            assertThat(breaker.allowsForced()).isTrue();
        }
        assertThat(breaker.allowsForced()).isFalse();
        breaker.forcedEnded();
        assertThat(breaker.allowsForced()).isTrue();
    }

    private void open() {
        for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
            breaker.failed();
        }
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }
}
