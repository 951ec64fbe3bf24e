package dev.turnpike.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.bench.load.LoadJob.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final LoadJob JOB =
            LoadJob.chat(Kind.OPEN, 1, 1, 1_000, 100_000, "a-model", "a-key")
                    .varying("a-key", Path.of("keys"));

    @Test
    void aboutHalfOfAllTurnsAreOfTheSameRequest() {
        var turns = turns(JOB.inTurnsOf(Duration.ofMillis(100)));
        assertThat(turns.areTaken()).isTrue();
        long same = LongStream.range(0, 1_000).filter(turn -> isSame(turns, 100 * turn)).count();
        assertThat(same).isBetween(420L, 580L);
    }

    @Test
    void allRequestsOfOneTurnAreOfOneKind() {
        var turns = turns(JOB.inTurnsOf(Duration.ofMillis(100)));
        assertThat(LongStream.range(0, 100_000))
                .allMatch(at -> isSame(turns, at) == isSame(turns, at - at % 100));
    }

    @Test
    void withoutTurnsEveryRequestVaries() {
        var turns = turns(JOB);
        assertThat(turns.areTaken()).isFalse();
        assertThat(LongStream.range(0, 100_000)).noneMatch(at -> isSame(turns, at));
    }

    private static Turns turns(LoadJob job) {
        return Turns.of(job, new SplittableRandom(1));
    }

    private static boolean isSame(Turns turns, long millis) {
        return turns.isSame(Duration.ofMillis(millis).toNanos());
    }
}
