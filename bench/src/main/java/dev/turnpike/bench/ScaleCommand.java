package dev.turnpike.bench;

import dev.turnpike.bench.rig.BenchException;
import dev.turnpike.bench.scale.ScalePlan;
import dev.turnpike.bench.scale.ScaleRun;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./turnpike bench scale}. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "What a million keys cost.",
            "",
            "Publishes them to a broker; times the edge's start from an empty disk and from its"
                    + " snapshot, its latency with all keys beside one, its heap, how many"
                    + " changes a second the control plane makes, and how long a revoked key"
                    + " still works while the edge is busy. Needs no nginx. See"
                    + " docs/benchmarks.md.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured",
            "1:a budget was missed (with --assert-budgets)",
            "2:wrong usage",
            "70:something broke, there are no figures"
        })
final class ScaleCommand implements Callable<Integer> {
    private static final int MISSED = 1;
    private static final int BROKEN = 70;
    private static final int QUICK_PART = 10;

    @Option(
            names = "--keys",
            defaultValue = "1000000",
            description = "Keys that are published (default ${DEFAULT-VALUE}).")
    private int keys = 1_000_000;

    @Option(
            names = "--groups",
            defaultValue = "100000",
            description = "Groups that they are spread over (default ${DEFAULT-VALUE}).")
    private int groups = 100_000;

    @Option(
            names = "--starts",
            defaultValue = "3",
            description = "Starts from the snapshot that are timed (default ${DEFAULT-VALUE}).")
    private int starts = 3;

    @Option(
            names = "--rounds",
            defaultValue = "30",
            description =
                    "Rounds with one key, with all, and with both mixed, 0 for none"
                            + " (default ${DEFAULT-VALUE}).")
    private int rounds = 30;

    @Option(
            names = "--seconds",
            defaultValue = "4",
            description = "Length of each round (default ${DEFAULT-VALUE}).")
    private int seconds = 4;

    @Option(
            names = "--rate",
            defaultValue = "1000",
            description = "Requests a second of each round (default ${DEFAULT-VALUE}).")
    private int rate = 1_000;

    @Option(
            names = "--connections",
            defaultValue = "64",
            description =
                    "Connections that changes are sent on, 0 for none (default"
                            + " ${DEFAULT-VALUE}).")
    private int connections = 64;

    @Option(
            names = "--revocations",
            defaultValue = "500",
            description =
                    "Keys that are revoked while the edge is busy, at most 1000 or a tenth of all,"
                            + " 0 for none (default ${DEFAULT-VALUE}).")
    private int revocations = 500;

    @Option(
            names = "--quick",
            description =
                    "A tenth of the keys and groups, two rounds of 3 s, one start: to try it"
                            + " out.")
    private boolean quick;

    @Option(
            names = "--jfr",
            paramLabel = "FILE",
            description =
                    "Write a flight recording of the edge's start from an empty disk; it is then"
                            + " slower.")
    private Optional<Path> recording = Optional.empty();

    @Option(names = "--assert-budgets", description = "Exit with 1 if a budget is missed.")
    private boolean assertBudgets;

    @Override
    public Integer call() {
        int part = quick ? QUICK_PART : 1;
        var plan =
                new ScalePlan(
                        Math.max(1, keys / part),
                        Math.max(1, groups / part),
                        quick ? 1 : Math.max(1, starts),
                        quick ? Math.min(2, rounds) : rounds,
                        quick ? Math.min(3, seconds) : Math.max(1, seconds),
                        Math.max(1, rate),
                        Math.max(0, connections),
                        Math.max(0, revocations),
                        recording);
        try {
            var report = new ScaleRun(plan, System.err).run();
            report.print(System.out);
            return assertBudgets && !report.budgetsKept() ? MISSED : 0;
        } catch (BenchException e) {
            System.err.println("bench: " + e.getMessage());
            return BROKEN;
        }
    }
}
