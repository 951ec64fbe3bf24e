package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.problem.ProblemException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final Duration MAX = Duration.ofMinutes(10);

    @Test
    void nothingIsServedBeforeTheUseOfAllEdgesIsKnown() {
        var starting = new Freshness(() -> Duration.ZERO, MAX, () -> false);
        assertThatThrownBy(starting::require).isInstanceOf(ProblemException.class);
    }

    @Test
    void whatIsKnownIsServedFromUpToTheBoundAndNoLonger() {
        var known = new Freshness(() -> MAX, MAX, () -> true);
        assertThatCode(known::require).doesNotThrowAnyException();
        var stale = new Freshness(() -> MAX.plusMillis(1), MAX, () -> true);
        assertThatThrownBy(stale::require).isInstanceOf(ProblemException.class);
    }
}
