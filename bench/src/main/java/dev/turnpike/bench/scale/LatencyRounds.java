package dev.turnpike.bench.scale;

import dev.turnpike.bench.load.LoadJob;
import dev.turnpike.bench.rig.LoadGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * In turns, on one edge: rounds with one key alone, rounds with a key by chance out of all in each
 * request, and rounds in which each request has by chance the one or the other. Rounds of the first
 * two kinds beside each other tell what many keys cost, as far as rounds at different times can on
 * a machine that stalls; in mixed rounds all else meets both alike, and what is seen is only what
 * it costs a request that its key is one of many. One thread.
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
        var alone = new Comparison();
        var mixed = new Comparison();
        for (int round = 0; round < SETTLING_ROUNDS + rounds; round++) {
            var ofOne = ScaleRun.checked(load.run(one)).histogram();
            var ofAll = ScaleRun.checked(load.run(all)).histogram();
            var seen = ScaleRun.checked(load.run(all.inTurnsOf(TURN)));
            var mixedOne = seen.histogramOfSame();
            var mixedAll = seen.histogram();
            mixedAll.subtract(mixedOne);
            boolean counts = round >= SETTLING_ROUNDS;
            if (counts) {
                alone.add(ofOne, ofAll);
                mixed.add(mixedOne, mixedAll);
            }
            progress.accept(
                    String.format(
                            Locale.ROOT,
                            "  p99 %.1f ms with one key, %.1f ms with all, mixed %.1f and %.1f ms%s",
                            millis(ofOne.getValueAtPercentile(TAIL)),
                            millis(ofAll.getValueAtPercentile(TAIL)),
                            millis(mixedOne.getValueAtPercentile(TAIL)),
                            millis(mixedAll.getValueAtPercentile(TAIL)),
                            counts ? "" : " (not counted)"));
        }
        return figures(alone, mixed);
    }

    private static List<Figure> figures(Comparison alone, Comparison mixed) {
        var random = new SplittableRandom(SEED);
        return List.of(
                tail("p99_one", "p99 with one key", alone.baseTail(), alone.baseRounds()),
                tail("p99_all", "p99 with all keys", alone.otherTail(), alone.otherRounds()),
                tail("p99_mixed_one", "p99 with one, mixed", mixed.baseTail(), mixed.baseRounds()),
                tail(
                        "p99_mixed_all",
                        "p99 with all, mixed",
                        mixed.otherTail(),
                        mixed.otherRounds()),
                ratio("p99_mixed_ratio", "p99 with all beside one, mixed", mixed.ratio(random)),
                ratio("p99_ratio", "p99 with all keys beside one", alone.ratio(random))
                        .atMost(RATIO_MAX));
    }

    private static Figure tail(String name, String title, long nanos, String rounds) {
        return Figure.of(name, title, "ms", millis(nanos), rounds);
    }

    private static Figure ratio(String name, String title, Comparison.Ratio ratio) {
        return Figure.of(name, title, "x", ratio.value(), range(ratio));
    }

    private static String range(Comparison.Ratio ratio) {
        return String.format(Locale.ROOT, "9 of 10: %.2f .. %.2f", ratio.low(), ratio.high());
    }

    private static double millis(long nanos) {
        return (double) nanos / 1e6;
    }
}
