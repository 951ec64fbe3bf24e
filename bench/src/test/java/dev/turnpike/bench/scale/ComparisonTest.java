package dev.turnpike.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final int REQUESTS = 1_000;
    private static final double PRECISION = 0.01;

    private final Comparison comparison = new Comparison();

    @Test
    void aStallInOneOfManyRoundsIsInTheRatioOnceMoreThanOneInAHundredMetIt() {
        for (int i = 0; i < 9; i++) {
            comparison.add(round(0, 0), round(0, 0));
        }
        comparison.add(round(0, 0), round(101, 110));

        assertThat(ratio().value()).isCloseTo(110, within(1.0));
        assertThat(comparison.otherRounds()).isEqualTo("rounds 1.0 .. 1.0 .. 110.0 ms");
    }

    @Test
    void theRangeIsWideWhenOneRoundMakesTheRatioAndNarrowWhenAllDo() {
        for (int i = 0; i < 9; i++) {
            comparison.add(round(0, 0), round(0, 0));
        }
        comparison.add(round(0, 0), round(500, 110));
        assertThat(ratio().low()).isCloseTo(1, within(PRECISION));
        assertThat(ratio().high()).isCloseTo(110, within(1.0));

        var steady = new Comparison();
        for (int i = 0; i < 10; i++) {
            steady.add(round(20, 10), round(20, 11));
        }
        var ratio = steady.ratio(new SplittableRandom(1));
        assertThat(ratio.low()).isCloseTo(1.1, within(PRECISION));
        assertThat(ratio.value()).isCloseTo(1.1, within(PRECISION));
        assertThat(ratio.high()).isCloseTo(1.1, within(PRECISION));
    }

    private Comparison.Ratio ratio() {
        return comparison.ratio(new SplittableRandom(1));
    }

    /** A round in which all took a millisecond but {@code slow}, which took so many. */
    private static Histogram round(int slow, int millis) {
        var latencies = new Histogram(60_000_000_000L, 3);
        latencies.recordValueWithCount(1_000_000, REQUESTS - slow);
        if (slow > 0) {
            latencies.recordValueWithCount(millis * 1_000_000L, slow);
        }
        return latencies;
    }
}
