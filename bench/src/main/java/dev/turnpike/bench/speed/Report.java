package dev.turnpike.bench.speed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.bench.speed.Line.Budget;
import dev.turnpike.runtime.http.Json;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Everything a run found, as a table for people and one line of JSON for programs.
 *
 * @param facts of the machine and the run
 * @param money what became of the requests that were served
 */
public record Report(Map<String, String> facts, List<Line> lines, Money money) {
    private static final String ROW = "%-46s %12s %12s  %-30s %s%n";

    /** Whether every budget is kept. */
    public boolean budgetsKept() {
        return lines.stream().allMatch(Line::kept);
    }

    /** Whether every request that was served is on the topic exactly once. */
    public boolean nothingLost() {
        return money.exact();
    }

    /** Writes the table, then the JSON as the last line. */
    public void print(PrintStream out) {
        facts.forEach((name, value) -> out.printf("%-14s %s%n", name, value));
        out.printf(ROW, "", "nginx", "edge", "edge beside nginx (min..max)", "budget");
        for (var line : lines) {
            out.printf(
                    ROW,
                    line.title() + ", " + line.unit(),
                    line.nginx().map(range -> number(range.median())).orElse(""),
                    number(line.edge().median()),
                    compared(line),
                    line.budget().map(budget -> budget(budget, line.kept())).orElse(""));
        }
        out.println(money.sentence());
        out.println(json());
    }

    private static String compared(Line line) {
        return line.compared()
                .map(c ->
                        (c.kind().equals("ratio") ? "x " : "+ ")
                                + number(c.range().median())
                                + " ("
                                + number(c.range().min())
                                + ".."
                                + number(c.range().max())
                                + ")")
                .orElseGet(() ->
                        line.edge().min() == line.edge().max()
                                ? ""
                                : "("
                                        + number(line.edge().min())
                                        + ".."
                                        + number(line.edge().max())
                                        + ")");
    }

    private static String budget(Budget budget, boolean kept) {
        return (budget.atLeast() ? ">= " : "<= ")
                + number(budget.bound())
                + (kept ? "  kept" : "  MISSED");
    }

    private static String number(double value) {
        double size = Math.abs(value);
        var shape = size >= 1_000 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, shape, value);
    }

    private ObjectNode json() {
        var root = Json.object();
        var about = root.putObject("run");
        facts.forEach(about::put);
        var figures = root.putObject("figures");
        for (var line : lines) {
            var figure = figures.putObject(line.key()).put("unit", line.unit());
            line.nginx().ifPresent(range -> put(figure.putObject("nginx"), range));
            put(figure.putObject("edge"), line.edge());
            line.compared().ifPresent(c -> put(figure.putObject(c.kind()), c.range()));
            line.budget()
                    .ifPresent(budget -> {
                        figure.put(budget.atLeast() ? "at_least" : "at_most", budget.bound());
                        figure.put("kept", line.kept());
                    });
        }
        money.put(root.putObject("money"));
        return root.put("budgets_kept", budgetsKept()).put("nothing_lost", nothingLost());
    }

    private static void put(ObjectNode node, Range range) {
        node.put("median", range.median()).put("min", range.min()).put("max", range.max());
    }
}
