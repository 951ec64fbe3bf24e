package dev.turnpike.bench.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A value of nginx and one of the edge from each round, compared round by round. */
final class Pairs {
    private final List<Double> nginx = new ArrayList<>();
    private final List<Double> edge = new ArrayList<>();

    void add(double ofNginx, double ofEdge) {
        nginx.add(ofNginx);
        edge.add(ofEdge);
    }

    double edgeMedian() {
        return Range.of(edge).median();
    }

    /** The edge's value as a part of nginx's. */
    Line ratio(String key, String title, String unit) {
        return line(key, title, unit, "ratio", (n, e) -> n == 0 ? 0 : e / n);
    }

    /** What the edge's value is more than nginx's. */
    Line added(String key, String title, String unit) {
        return line(key, title, unit, "added", (n, e) -> e - n);
    }

    private interface Comparison {
        double of(double ofNginx, double ofEdge);
    }

    private Line line(String key, String title, String unit, String kind, Comparison comparison) {
        var compared = new ArrayList<Double>();
        for (int i = 0; i < nginx.size(); i++) {
            compared.add(comparison.of(nginx.get(i), edge.get(i)));
        }
        return new Line(
                key,
                title,
                unit,
                Optional.of(Range.of(nginx)),
                Range.of(edge),
                Optional.of(new Line.Compared(kind, Range.of(compared))),
                Optional.empty());
    }
}
