package dev.turnpike.bench.speed;

import java.util.List;

/** Percentiles of a few hundred values. */
final class Percentile {
    private Percentile() {}

    /** The smallest value that {@code percent} of all do not exceed. */
    static double of(List<Double> values, double percent) {
        var sorted = values.stream().sorted().toList();
        int rank = (int) Math.ceil(percent / 100 * (double) sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }
}
