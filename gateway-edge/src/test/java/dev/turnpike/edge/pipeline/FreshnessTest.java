package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final Duration MAX = Duration.ofMinutes(10);
    private static final Instant HEARD = Instant.parse("2026-11-01T12:00:00Z");

    @Test
    void nothingIsServedBeforeTheUseOfAllEdgesIsKnown() {
        var starting = new Freshness(() -> HEARD, MAX, () -> false);
        assertThatThrownBy(() -> starting.require(HEARD)).isInstanceOf(ProblemException.class);
    }

    @Test
    void whatIsKnownIsServedFromUpToTheBoundAndNoLonger() {
        var known = new Freshness(() -> HEARD, MAX, () -> true);
        assertThatCode(() -> known.require(HEARD.plus(MAX))).doesNotThrowAnyException();
        assertThatThrownBy(() -> known.require(HEARD.plus(MAX).plusMillis(1)))
                .isInstanceOf(ProblemException.class);
    }
}
