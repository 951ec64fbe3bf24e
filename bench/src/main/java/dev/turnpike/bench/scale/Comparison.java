package dev.turnpike.bench.scale;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;

/**
 * Latencies of two kinds of load in turns. What is compared is the percentile of all requests of
 * one kind together: a median of rounds would leave out a stall that few rounds met, and change by
 * a half when one more meets it. One thread.
 */
final class Comparison {
    private static final double TAIL = 99;

    /** Selections of rounds that the range is taken from. */
    private static final int SELECTIONS = 400;

    /** Part of the selections that is left out at each end. */
    private static final double LEFT_OUT = 0.05;

    private final List<Histogram> base = new ArrayList<>();
    private final List<Histogram> other = new ArrayList<>();

    /**
     * @param low nine of ten selections of as many rounds give at least this or more
     * @param high and this or less, with {@code low}
     */
    record Ratio(double value, double low, double high) {}

    /** Adds a pair of rounds that were made one after the other. */
    void add(Histogram ofBase, Histogram ofOther) {
        base.add(ofBase);
        other.add(ofOther);
    }

    /** Of all requests of the base, in nanoseconds. */
    long baseTail() {
        return tail(together(base, all()));
    }

    /** Of all requests of the other, in nanoseconds. */
    long otherTail() {
        return tail(together(other, all()));
    }

    /** The tails of the base's rounds, for people. */
    String baseRounds() {
        return rounds(base);
    }

    String otherRounds() {
        return rounds(other);
    }

    /**
     * The other's tail beside the base's, and how far it would have been another with rounds by
     * chance out of those there were.
     */
    Ratio ratio(RandomGenerator random) {
        var ratios = new double[SELECTIONS];
        var chosen = new int[base.size()];
        for (int i = 0; i < SELECTIONS; i++) {
            for (int k = 0; k < chosen.length; k++) {
                chosen[k] = random.nextInt(base.size());
            }
            ratios[i] = ratio(chosen);
        }
        Arrays.sort(ratios);
        int out = (int) (LEFT_OUT * SELECTIONS);
        return new Ratio(ratio(all()), ratios[out], ratios[SELECTIONS - 1 - out]);
    }

    private double ratio(int[] chosen) {
        return (double) tail(together(other, chosen)) / (double) tail(together(base, chosen));
    }

    private int[] all() {
        var all = new int[base.size()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    private static Histogram together(List<Histogram> rounds, int[] chosen) {
        var sum = rounds.getFirst().copy();
        sum.reset();
        for (int round : chosen) {
            sum.add(rounds.get(round));
        }
        return sum;
    }

    private static long tail(Histogram latencies) {
        return latencies.getValueAtPercentile(TAIL);
    }

    private static String rounds(List<Histogram> rounds) {
        var tails = rounds.stream().mapToLong(Comparison::tail).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "rounds %.1f .. %.1f .. %.1f ms",
                (double) tails[0] / 1e6,
                (double) tails[tails.length / 2] / 1e6,
                (double) tails[tails.length - 1] / 1e6);
    }
}
