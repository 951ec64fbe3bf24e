package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.testkit.Eventually;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LargeAnswersTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(20);

    private final AtomicLong nanos = new AtomicLong();
    private final Audience audience =
            new Audience(new KeptReply(), Drain.NEVER, Stopwatch.start(nanos::get));

    @Test
    void whoReadsTooLongMakesRoomForThoseWhoWait() throws Exception {
        var answers = new LargeAnswers(64 << 20, WAIT_MAX, nanos::get);
        var had = new AtomicBoolean();
        try (var slow = answers.place()) {
            slow.take(audience);
            nanos.addAndGet(LargeAnswers.READ_MAX.toNanos());
            assertThatCode(slow::require).as("nobody waits").doesNotThrowAnyException();

            var waiting = Thread.startVirtualThread(() -> take(answers, had));
            Eventually.await(WAIT_MAX, "no room any more", () -> refused(slow));

            slow.free();
            waiting.join(WAIT_MAX);
        }
        assertThat(had).isTrue();
    }

    @Test
    void thePlaceIsWaitedForNoLongerThanSaid() throws Exception {
        var answers = new LargeAnswers(64 << 20, Duration.ofMillis(1), nanos::get);
        try (var first = answers.place();
                var second = answers.place()) {
            first.take(audience);

            assertThatThrownBy(() -> second.take(audience)).isInstanceOf(ProblemException.class);
        }
        assertThatCode(() -> answers.place().take(audience)).doesNotThrowAnyException();
    }

    private static boolean refused(LargeAnswers.Place place) {
        try {
            place.require();
            return false;
        } catch (ProblemException e) {
            return true;
        }
    }

    private void take(LargeAnswers answers, AtomicBoolean had) {
        try (var place = answers.place()) {
            place.take(audience);
            had.set(true);
        } catch (ClientGoneException e) {
            throw new AssertionError(e);
        }
    }
}
