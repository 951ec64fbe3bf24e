package dev.turnpike.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.bench.speed.Line.Budget;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void aRatioIsTakenRoundByRoundAndNotOfTheMedians() {
        var pairs = new Pairs();
        pairs.add(100, 50);
        pairs.add(10, 9);
        pairs.add(40, 10);

        var line = pairs.ratio("r", "r", "1/s");

        assertThat(line.nginx().orElseThrow().median()).isEqualTo(40);
        assertThat(line.edge()).isEqualTo(new Range(10, 9, 50));
        assertThat(line.compared().orElseThrow().range()).isEqualTo(new Range(0.5, 0.25, 0.9));
    }

    @Test
    void aBudgetIsHeldAgainstTheMedianOfTheComparison() {
        var pairs = new Pairs();
        pairs.add(100, 36);

        var line = pairs.ratio("r", "r", "1/s");

        assertThat(line.within(new Budget(true, 0.35)).kept()).isTrue();
        assertThat(line.within(new Budget(true, 0.37)).kept()).isFalse();
        assertThat(
                        Line.alone("a", "a", "ms", new Range(199, 1, 900))
                                .within(new Budget(false, 200)))
                .extracting(Line::kept)
                .isEqualTo(true);
    }

    @Test
    void aPercentileIsAValueThatOccurred() {
        var values = IntStream.rangeClosed(1, 200).mapToObj(i -> (double) i).toList();

        assertThat(Percentile.of(values, 50)).isEqualTo(100);
        assertThat(Percentile.of(values, 99)).isEqualTo(198);
        assertThat(Percentile.of(List.of(7.0), 99)).isEqualTo(7);
    }

    @Test
    void moneyAddsUpOnlyWhenEachAnswerIsSettledOnce() {
        assertThat(new Money(5, 5, 5, 0, 2, 1).exact()).isTrue();
        assertThat(new Money(5, 5, 4, 0, 0, 1).exact()).isFalse();
        assertThat(new Money(5, 5, 5, 1, 0, 1).exact()).isFalse();
        assertThat(new Money(5, 6, 5, 0, 0, 1).exact()).isFalse();
    }
}
