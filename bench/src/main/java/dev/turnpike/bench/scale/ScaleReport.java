package dev.turnpike.bench.scale;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Everything a run found, as a table for people and one line of JSON for programs.
 *
 * @param facts of the machine and the run
 */
public record ScaleReport(Map<String, String> facts, List<Figure> figures) {
    private static final String ROW = "%-52s %10s  %-34s %s%n";

    /** Whether every budget is kept. */
    public boolean budgetsKept() {
        return figures.stream().allMatch(Figure::kept);
    }

    /** Writes the table, then the JSON as the last line. */
    public void print(PrintStream out) {
        facts.forEach((name, value) -> out.printf("%-14s %s%n", name, value));
        out.printf(ROW, "", "", "", "budget");
        for (var figure : figures) {
            out.printf(
                    ROW,
                    figure.title() + ", " + figure.unit(),
                    number(figure.value()),
                    figure.note(),
                    figure.budget()
                            .map(budget ->
                                    (budget.atLeast() ? ">= " : "<= ")
                                            + number(budget.bound())
                                            + (figure.kept() ? "  kept" : "  MISSED"))
                            .orElse(""));
        }
        out.println(json());
    }

    private static String number(double value) {
        var shape = Math.abs(value) >= 100 ? "%.0f" : "%.2f";
        return String.format(Locale.ROOT, shape, value);
    }

    private ObjectNode json() {
        var root = Json.object();
        var about = root.putObject("run");
        facts.forEach(about::put);
        var all = root.putObject("figures");
        for (var figure : figures) {
            var node = all.putObject(figure.key());
            node.put("unit", figure.unit()).put("value", figure.value());
            figure.budget()
                    .ifPresent(budget ->
                            node.put(budget.atLeast() ? "at_least" : "at_most", budget.bound())
                                    .put("kept", figure.kept()));
        }
        return root.put("budgets_kept", budgetsKept());
    }
}
