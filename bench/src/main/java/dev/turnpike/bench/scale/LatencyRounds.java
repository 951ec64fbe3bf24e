package dev.turnpike.bench.scale;

import dev.turnpike.bench.load.LoadJob;
import dev.turnpike.bench.rig.LoadGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Rounds with one key alone, and rounds in which each request has by chance either that key or one
 * of all, on one edge. Beside one key alone stands what keys cost in all, as far as rounds at
 * different times can tell on a machine that stalls; beside one key in the same rounds, where all
 * else meets both alike, what it costs a request that its key is one of many. One thread.
 */
final class LatencyRounds {
    private static final double RATIO_MAX = 1.10;
    private static final double TAIL = 99;

    /** At the usual rate a turn is one request. */
    private static final Duration TURN = Duration.ofMillis(1);

    /** Rounds before any counts: what earlier load left behind is written and sent. */
    private static final int SETTLING_ROUNDS = 2;

    private static final long SEED = 20_261_121;

    private final LoadGenerator load;
    private final int rounds;
    private final Consumer<String> progress;

    LatencyRounds(LoadGenerator load, int rounds, Consumer<String> progress) {
        this.load = load;
        this.rounds = rounds;
        this.progress = progress;
    }

    /**
     * @param one with one key
     * @param all with a key by chance in each request
     * @throws dev.turnpike.bench.rig.BenchException if a request is not answered
     */
    List<Figure> run(LoadJob one, LoadJob all) {
        var mixed = new Comparison();
        var alone = new Comparison();
        for (int round = 0; round < SETTLING_ROUNDS + rounds; round++) {
            var ofOneAlone = ScaleRun.checked(load.run(one)).histogram();
            var seen = ScaleRun.checked(load.run(all.inTurnsOf(TURN)));
            var ofOne = seen.histogramOfSame();
            var ofAll = seen.histogram();
            ofAll.subtract(ofOne);
            boolean counts = round >= SETTLING_ROUNDS;
            if (counts) {
                mixed.add(ofOne, ofAll);
                alone.add(ofOneAlone, ofAll);
            }
            progress.accept(
                    String.format(
                            Locale.ROOT,
                            "  p99 %.1f ms with one key alone, mixed %.1f ms with one and %.1f ms"
                                    + " with all%s",
                            millis(ofOneAlone.getValueAtPercentile(TAIL)),
                            millis(ofOne.getValueAtPercentile(TAIL)),
                            millis(ofAll.getValueAtPercentile(TAIL)),
                            counts ? "" : " (not counted)"));
        }
        return figures(alone, mixed);
    }

    private static List<Figure> figures(Comparison alone, Comparison mixed) {
        var random = new SplittableRandom(SEED);
        var ratio = mixed.ratio(random);
        var besideAlone = alone.ratio(random);
        return List.of(
                Figure.of(
                        "p99_alone",
                        "p99 with one key alone",
                        "ms",
                        millis(alone.baseTail()),
                        alone.baseRounds()),
                Figure.of(
                        "p99_one",
                        "p99 with one key, mixed with all",
                        "ms",
                        millis(mixed.baseTail()),
                        mixed.baseRounds()),
                Figure.of(
                        "p99_all",
                        "p99 with all keys, mixed with one",
                        "ms",
                        millis(mixed.otherTail()),
                        mixed.otherRounds()),
                Figure.of(
                        "p99_mixed_ratio",
                        "p99 with all keys beside one, mixed",
                        "x",
                        ratio.value(),
                        range(ratio)),
                Figure.of(
                                "p99_ratio",
                                "p99 with all keys beside one alone",
                                "x",
                                besideAlone.value(),
                                range(besideAlone))
                        .atMost(RATIO_MAX));
    }

    private static String range(Comparison.Ratio ratio) {
        return String.format(Locale.ROOT, "9 of 10: %.2f .. %.2f", ratio.low(), ratio.high());
    }

    private static double millis(long nanos) {
        return (double) nanos / 1e6;
    }
}
