package dev.turnpike.bench;

import dev.turnpike.bench.rig.BenchException;
import dev.turnpike.bench.rig.MissingProgramException;
import dev.turnpike.bench.speed.Plan;
import dev.turnpike.bench.speed.SpeedRun;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./turnpike bench}. */
@Command(
        name = "turnpike bench",
        mixinStandardHelpOptions = true,
        subcommands = {JmhCommand.class, ScaleCommand.class},
        sortOptions = false,
        description = {
            "How fast the gateway is beside nginx, in one run on this machine.",
            "",
            "Starts nginx as a plain proxy, the edge with keys, limits and journal on, a broker and"
                    + " upstreams, each a process of its own; asks them in turns; prints a table and"
                    + " one line of JSON. See docs/benchmarks.md.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured",
            "1:a budget was missed (with --assert-budgets), or requests were lost",
            "2:wrong usage",
            "69:nginx is not installed",
            "70:something broke, there are no figures"
        })
public final class Bench implements Callable<Integer> {
    private static final int MISSED = 1;
    private static final int MISSING_PROGRAM = 69;
    private static final int BROKEN = 70;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "Rounds of nginx and edge, in turns (default ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(
            names = "--seconds",
            defaultValue = "8",
            description = "Length of each round (default ${DEFAULT-VALUE}).")
    private int seconds = 8;

    @Option(
            names = "--connections",
            defaultValue = "64",
            description = "Connections of the load generator (default ${DEFAULT-VALUE}).")
    private int connections = 64;

    @Option(
            names = "--streams",
            defaultValue = "500",
            description = "Slow streams at once, 0 for none (default ${DEFAULT-VALUE}).")
    private int streams = 500;

    @Option(
            names = "--starts",
            defaultValue = "3",
            description = "Starts of the edge that are timed (default ${DEFAULT-VALUE}).")
    private int starts = 3;

    @Option(
            names = "--changes",
            defaultValue = "200",
            description = "Changes of the control state, 0 for none (default ${DEFAULT-VALUE}).")
    private int changes = 200;

    @Option(
            names = "--webhooks",
            paramLabel = "REQUESTS",
            defaultValue = "500",
            description =
                    "Requests sent at 20/s through all services to time their webhooks, 0 for none"
                            + " (default ${DEFAULT-VALUE}).")
    private int webhookRequests = 500;

    @Option(
            names = "--quick",
            description =
                    "One round of 3 s, at most 100 streams, 40 changes and 40 webhooks, one start:"
                            + " to try it out.")
    private boolean quick;

    @Option(
            names = "--jfr",
            paramLabel = "FILE",
            description = "Write a flight recording of the edge; the figures are then lower.")
    private Optional<Path> recording = Optional.empty();

    @Option(names = "--assert-budgets", description = "Exit with 1 if a budget is missed.")
    private boolean assertBudgets;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() {
        var plan =
                quick
                        ? new Plan(
                                1,
                                3,
                                connections,
                                Math.min(100, streams),
                                1,
                                Math.min(40, changes),
                                Math.min(40, webhookRequests),
                                recording)
                        : new Plan(
                                Math.max(1, rounds),
                                Math.max(1, seconds),
                                Math.max(1, connections),
                                streams,
                                starts,
                                changes,
                                webhookRequests,
                                recording);
        try {
            var report = new SpeedRun(plan, System.err).run();
            report.print(System.out);
            boolean missed = assertBudgets && !report.budgetsKept();
            return missed || !report.nothingLost() ? MISSED : 0;
        } catch (MissingProgramException e) {
            System.err.println("bench: " + e.getMessage());
            return MISSING_PROGRAM;
        } catch (BenchException e) {
            System.err.println("bench: " + e.getMessage());
            return BROKEN;
        }
    }
}
