package dev.turnpike.bench.scale;

import dev.turnpike.bench.load.LoadJob;
import dev.turnpike.bench.rig.LoadGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Requests with one key and with all keys in short turns, on one edge. One thread. */
final class LatencyRounds {
    private static final double RATIO_MAX = 1.10;
    private static final double TAIL = 99;

    /**
     * Shorter than most of what a machine does to a process for a while, so that it meets both
     * kinds alike, and many times as long as a request.
     */
    private static final Duration TURN = Duration.ofMillis(20);

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
     * @param job with a key by chance in each request
     * @throws dev.turnpike.bench.rig.BenchException if a request is not answered
     */
    List<Figure> run(LoadJob job) {
        var compared = new Comparison();
        for (int round = 0; round < SETTLING_ROUNDS + rounds; round++) {
            var seen = ScaleRun.checked(load.run(job.inTurnsOf(TURN)));
            var ofOne = seen.histogramOfSame();
            var ofAll = seen.histogram();
            ofAll.subtract(ofOne);
            boolean counts = round >= SETTLING_ROUNDS;
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

    private static double millis(long nanos) {
        return (double) nanos / 1e6;
    }
}
