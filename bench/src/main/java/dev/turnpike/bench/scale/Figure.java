package dev.turnpike.bench.scale;

import java.util.Optional;

/**
 * One line of the report.
 *
 * @param key name in the JSON
 * @param title for people
 * @param value in {@code unit}
 * @param note what belongs to the value, for people
 * @param budget what is wanted of it
 */
record Figure(
        String key, String title, String unit, double value, String note, Optional<Budget> budget) {
    /**
     * @param atLeast whether the bound is a least or a most
     */
    record Budget(boolean atLeast, double bound) {}

    static Figure of(String key, String title, String unit, double value, String note) {
        return new Figure(key, title, unit, value, note, Optional.empty());
    }

    Figure atMost(double bound) {
        return new Figure(key, title, unit, value, note, Optional.of(new Budget(false, bound)));
    }

    Figure atLeast(double bound) {
        return new Figure(key, title, unit, value, note, Optional.of(new Budget(true, bound)));
    }

    /** Whether the budget is kept; true without one. */
    boolean kept() {
        return budget.map(b -> b.atLeast() ? value >= b.bound() : value <= b.bound()).orElse(true);
    }
}
