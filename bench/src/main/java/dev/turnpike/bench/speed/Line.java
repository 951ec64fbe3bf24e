package dev.turnpike.bench.speed;

import java.util.Optional;

/**
 * One line of the report.
 *
 * @param key name in the JSON
 * @param title for people
 * @param unit of the values
 * @param nginx what nginx gave, if it was asked
 * @param edge what the edge gave
 * @param compared ratio or difference of the two, round by round
 * @param budget what is wanted of it
 */
record Line(
        String key,
        String title,
        String unit,
        Optional<Range> nginx,
        Range edge,
        Optional<Compared> compared,
        Optional<Budget> budget) {
    /**
     * @param kind {@code ratio} or {@code added}
     */
    record Compared(String kind, Range range) {}

    /**
     * A bound on one value: the comparison's median if there is one, else the edge's.
     *
     * @param atLeast whether the bound is a least or a most
     */
    record Budget(boolean atLeast, double bound) {
        boolean kept(double value) {
            return atLeast ? value >= bound : value <= bound;
        }
    }

    /** A figure of the edge alone. */
    static Line alone(String key, String title, String unit, Range edge) {
        return new Line(
                key, title, unit, Optional.empty(), edge, Optional.empty(), Optional.empty());
    }

    Line within(Budget wanted) {
        return new Line(key, title, unit, nginx, edge, compared, Optional.of(wanted));
    }

    /** Whether the budget is kept; true without one. */
    boolean kept() {
        double value = compared.map(c -> c.range().median()).orElse(edge.median());
        return budget.map(b -> b.kept(value)).orElse(true);
    }
}
