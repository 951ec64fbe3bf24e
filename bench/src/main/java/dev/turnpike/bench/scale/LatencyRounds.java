package dev.turnpike.bench.scale;

import dev.turnpike.bench.load.LoadJob;
import dev.turnpike.bench.rig.LoadGenerator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** Rounds with one key and rounds with all, in turns on one edge. One thread. */
final class LatencyRounds {
    private static final double RATIO_MAX = 1.10;
    private static final double TAIL = 99;

    /** Pairs of rounds before any counts: what earlier load left behind is written and sent. */
    private static final int SETTLING_PAIRS = 2;

    private static final long SEED = 20_261_121;

    private final LoadGenerator load;
    private final int pairs;
    private final Consumer<String> progress;

    LatencyRounds(LoadGenerator load, int pairs, Consumer<String> progress) {
        this.load = load;
        this.pairs = pairs;
        this.progress = progress;
    }

    /**
     * @throws dev.turnpike.bench.rig.BenchException if a request is not answered
     */
    List<Figure> run(LoadJob one, LoadJob all) {
        var compared = new Comparison();
        for (int pair = 0; pair < SETTLING_PAIRS + pairs; pair++) {
            // In changing order: what one round leaves behind is collected in the next.
            boolean oneFirst = pair % 2 == 0;
            var first = latencies(oneFirst ? one : all);
            var second = latencies(oneFirst ? all : one);
            var ofOne = oneFirst ? first : second;
            var ofAll = oneFirst ? second : first;
            boolean counts = pair >= SETTLING_PAIRS;
            if (counts) {
                compared.add(ofOne, ofAll);
            }
            progress.accept(
                    String.format(
                            Locale.ROOT,
                            "  p99 %.1f ms with one key, %.1f ms with all%s",
                            millis(ofOne.getValueAtPercentile(TAIL)),
                            millis(ofAll.getValueAtPercentile(TAIL)),
                            counts ? "" : " (not counted)"));
        }
        return figures(compared);
    }

    private static List<Figure> figures(Comparison compared) {
        var ratio = compared.ratio(new SplittableRandom(SEED));
        var range = String.format(Locale.ROOT, "9 of 10: %.2f .. %.2f", ratio.low(), ratio.high());
        return List.of(
                Figure.of(
                        "p99_one",
                        "p99 with one key",
                        "ms",
                        millis(compared.baseTail()),
                        compared.baseRounds()),
                Figure.of(
                        "p99_all",
                        "p99 with all keys",
                        "ms",
                        millis(compared.otherTail()),
                        compared.otherRounds()),
                Figure.of("p99_ratio", "p99 with all keys beside one", "x", ratio.value(), range)
                        .atMost(RATIO_MAX));
    }

    private Histogram latencies(LoadJob job) {
        return ScaleRun.checked(load.run(job)).histogram();
    }

    private static double millis(long nanos) {
        return (double) nanos / 1e6;
    }
}
