package dev.turnpike.bench.speed;

import java.util.List;

/** What several rounds gave: the middle one and the outermost. */
record Range(double median, double min, double max) {
    /**
     * @throws IllegalArgumentException if there are no values
     */
    static Range of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no rounds");
        }
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median =
                sorted.size() % 2 == 1
                        ? sorted.get(middle)
                        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Range(median, sorted.getFirst(), sorted.getLast());
    }
}
