package dev.turnpike.bench.scale;

import dev.turnpike.bench.load.LoadFigures;
import dev.turnpike.bench.load.LoadJob;
import dev.turnpike.bench.load.LoadJob.Kind;
import dev.turnpike.bench.load.Variation;
import dev.turnpike.bench.rig.BenchException;
import dev.turnpike.bench.rig.ControlPlane;
import dev.turnpike.bench.rig.Edge;
import dev.turnpike.bench.rig.Population;
import dev.turnpike.bench.rig.Publication;
import dev.turnpike.bench.rig.Rig;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One run, with one key first and then with all. Used once, by one thread. */
public final class ScaleRun {
    private static final double EMPTY_START_SECONDS = 20;
    private static final double SNAPSHOT_START_SECONDS = 5;
    private static final double KEYS_HEAP_MEGABYTES = 300;
    private static final double COMMANDS_PER_SECOND = 1_000;
    private static final double REVOCATION_MILLIS = 1_000;
    private static final int LOAD_CONNECTIONS = 16;

    /** Rounds of load before anything counts, at most. */
    private static final int WARM_UPS_MAX = 15;

    /** A round that is faster by this than any before is followed by another. */
    private static final double STILL_WARMING = 1.03;

    /** Rounds in a row that are hardly faster before all is compiled. */
    private static final int STEADY_ROUNDS = 2;

    /** Rounds at the rate before any counts, at most. */
    private static final int SETTLING_ROUNDS_MAX = 25;

    /** Part of a processor that compiling takes in a round that is not settling any longer. */
    private static final double COMPILING_MAX = 0.01;

    /** Such rounds in a row. */
    private static final int RESTED_ROUNDS = 3;

    private static final String DATA = "edge-of-many";

    private final ScalePlan plan;
    private final PrintStream progress;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<Figure> figures = new ArrayList<>();

    /**
     * @param progress is told what is being done
     */
    public ScaleRun(ScalePlan plan, PrintStream progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Measures everything and ends every process it started.
     *
     * @throws BenchException if something broke, so that there is no figure
     */
    public ScaleReport run() {
        say("starting the broker and the upstream");
        try (var rig = Rig.startWithoutNginx(plan.recording())) {
            describe();
            facts.put("edge started by", rig.edgeStarts());
            long heapOfOne = ofOneKey(rig);
            var population = populate(rig);
            emptyStart(rig);
            snapshotStart(rig, population, heapOfOne);
            if (plan.connections() > 0 || plan.revocations() > 0) {
                control(rig, population);
            }
            facts.put("load after", load());
            return new ScaleReport(facts, figures);
        }
    }

    private void add(Figure figure) {
        figures.add(figure);
        say("  %s: %.2f %s %s", figure.title(), figure.value(), figure.unit(), figure.note());
    }

    private void describe() {
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("java", Runtime.version().toString());
        facts.put("published", plan.keys() + " keys in " + plan.groups() + " groups");
        facts.put(
                "rounds", plan.rounds() + " of " + plan.seconds() + " s at " + plan.rate() + "/s");
        facts.put("load before", load());
        plan.recording().ifPresent(file -> facts.put("recording", file.toString()));
    }

    private static String load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return String.format(Locale.ROOT, "%.1f", load);
    }

    /** The edge with one key; returns the bytes its heap holds after the same load. */
    private long ofOneKey(Rig rig) {
        say("the edge with one key");
        try (var edge = rig.startEdge("edge-of-one", false)) {
            add(
                    Figure.of(
                            "start_one_key",
                            "start of the edge with one key",
                            "s",
                            seconds(edge.startUp()),
                            ""));
            if (plan.rounds() > 0) {
                warmUp(rig, oneKey(rig, edge).asFastAsAnswered());
            }
            return edge.liveHeapBytes();
        }
    }

    private Population populate(Rig rig) {
        say("publishing %d keys in %d groups", plan.keys(), plan.groups());
        long began = System.nanoTime();
        var population = rig.populate(plan.keys(), plan.groups());
        var took = Duration.ofNanos(System.nanoTime() - began);
        facts.put("publishing", String.format(Locale.ROOT, "%.1f s", seconds(took)));
        return population;
    }

    private void emptyStart(Rig rig) {
        say("the edge from an empty disk");
        try (var edge = rig.startEdge(DATA, true)) {
            add(
                    Figure.of(
                                    "start_empty",
                                    "start of the edge from an empty disk",
                                    "s",
                                    seconds(edge.startUp()),
                                    processor(edge))
                            .atMost(EMPTY_START_SECONDS));
        }
    }

    private void snapshotStart(Rig rig, Population population, long heapOfOne) {
        say("the edge from its snapshot");
        var starts = new ArrayList<Double>();
        for (int i = 1; i < plan.starts(); i++) {
            try (var edge = rig.startEdge(DATA, false)) {
                starts.add(seconds(edge.startUp()));
            }
        }
        try (var edge = rig.startEdge(DATA, false)) {
            starts.add(seconds(edge.startUp()));
            add(
                    Figure.of(
                                    "start_snapshot",
                                    "start of the edge from its snapshot",
                                    "s",
                                    median(starts),
                                    range(starts) + ", " + processor(edge))
                            .atMost(SNAPSHOT_START_SECONDS));
            if (plan.rounds() > 0) {
                latency(rig, edge, population);
            }
            long bytes = edge.liveHeapBytes() - heapOfOne;
            add(
                    Figure.of(
                                    "heap_for_keys",
                                    "heap for keys, after collection",
                                    "MB",
                                    (double) bytes / 1e6,
                                    String.format(
                                            Locale.ROOT,
                                            "beside %.0f MB with one",
                                            (double) heapOfOne / 1e6))
                            .atMost(KEYS_HEAP_MEGABYTES));
            add(
                    Figure.of(
                            "resident",
                            "resident memory of the edge",
                            "MB",
                            (double) edge.residentBytes() / 1e6,
                            ""));
        }
    }

    /** One key and all keys on the same edge, so that both have the same compiled code. */
    private void latency(Rig rig, Edge edge, Population population) {
        var one = oneKey(rig, edge);
        var all = one.varying(rig.key(), population.keysFile());
        warmUpFully(rig, all.asFastAsAnswered()); // Fills the cache, too.
        settle(rig, edge, all);
        say("latency with one key and with all");
        new LatencyRounds(rig.load(), plan.rounds(), line -> say("%s", line))
                .run(one, all)
                .forEach(this::add);
    }

    private void control(Rig rig, Population population) {
        say("the control plane");
        try (var control = rig.startControlPlane()) {
            add(
                    Figure.of(
                            "start_control",
                            "start of the control plane",
                            "s",
                            seconds(control.startUp()),
                            ""));
            if (plan.connections() > 0) {
                changes(rig, population, control);
            }
            if (plan.revocations() > 0) {
                revocations(rig, population, control);
            }
        }
    }

    private void changes(Rig rig, Population population, ControlPlane control) {
        var job =
                new LoadJob(
                        Kind.CLOSED,
                        control.port(),
                        plan.connections(),
                        0,
                        1_000L * plan.seconds(),
                        "/v1/gateway/groups/" + population.firstGroup() + "/api_keys",
                        "{\"name\":\"bench\"}",
                        control.ownerKey(),
                        Variation.of(population.firstGroup(), population.groupsFile()));
        checked(rig.load().run(job));
        var counted = checked(rig.load().run(job));
        add(
                Figure.of(
                                "commands",
                                "keys minted, " + plan.connections() + " connections",
                                "1/s",
                                counted.perSecond(),
                                String.format(
                                        Locale.ROOT,
                                        "p50 %.0f ms, p99 %.0f ms",
                                        (double) counted.latency().p50() / 1e6,
                                        (double) counted.latency().p99() / 1e6))
                        .atLeast(COMMANDS_PER_SECOND));
        add(
                Figure.of(
                        "heap_control",
                        "heap of the control plane, after collection",
                        "MB",
                        (double) control.liveHeapBytes() / 1e6,
                        ""));
    }

    /** The edge knows all keys and is asked with keys by chance while others are revoked. */
    private void revocations(Rig rig, Population population, ControlPlane control) {
        say("revoking keys under load");
        try (var edge = rig.startEdge(DATA, false)) {
            var job = oneKey(rig, edge).varying(rig.key(), population.keysFile());
            warmUpFully(rig, job.asFastAsAnswered());
            int count = Math.min(plan.revocations(), population.spares().size());
            var keys = population.spares().subList(0, count);
            var seen = new Revocations(control, edge).under(rig.load(), job, keys);
            var times = seen.times();
            add(
                    Figure.of(
                                    "revocation",
                                    "revoked key still works under load, p99",
                                    "ms",
                                    (double) times.p99() / 1e6,
                                    String.format(
                                            Locale.ROOT,
                                            "p50 %.0f ms, most %.0f ms, %d keys at %.0f/s",
                                            (double) times.p50() / 1e6,
                                            (double) times.max() / 1e6,
                                            times.count(),
                                            seen.perSecond()))
                            .atMost(REVOCATION_MILLIS));
        }
    }

    private LoadJob oneKey(Rig rig, Edge edge) {
        return LoadJob.chat(
                Kind.OPEN,
                edge.port(),
                LOAD_CONNECTIONS,
                plan.rate(),
                1_000L * plan.seconds(),
                Publication.WHOLE,
                rig.key());
    }

    private void warmUp(Rig rig, LoadJob job) {
        checked(rig.load().run(job));
    }

    /** Asks until it gets hardly faster: compiling takes processors, and the tail shows it. */
    private void warmUpFully(Rig rig, LoadJob job) {
        double best = 0;
        int steady = 0;
        for (int i = 0; i < WARM_UPS_MAX && steady < STEADY_ROUNDS; i++) {
            double now = checked(rig.load().run(job)).perSecond();
            say("  warming up: %.0f requests/s", now);
            steady = now < best * STILL_WARMING ? steady + 1 : 0;
            best = Math.max(best, now);
        }
    }

    /** At its rate, other code is run and compiled than as fast as answered. */
    private void settle(Rig rig, Edge edge, LoadJob job) {
        int rested = 0;
        for (int i = 0; i < SETTLING_ROUNDS_MAX && rested < RESTED_ROUNDS; i++) {
            long began = System.nanoTime();
            var before = edge.compilerTime();
            checked(rig.load().run(job));
            double compiling = seconds(edge.compilerTime().minus(before));
            double part = compiling / seconds(Duration.ofNanos(System.nanoTime() - began));
            say("  settling: the edge compiled %.1f %% of the time", part * 100);
            rested = part < COMPILING_MAX ? rested + 1 : 0;
        }
    }

    /** The same figures, if every request was answered. */
    static LoadFigures checked(LoadFigures figures) {
        if (figures.failed() > 0) {
            throw new BenchException(figures.failed() + " requests were not answered with 200");
        }
        return figures;
    }

    private static String processor(Edge edge) {
        return String.format(Locale.ROOT, "%.1f s of processor", seconds(edge.processorTime()));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static String range(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return String.format(Locale.ROOT, "%.2f .. %.2f", sorted.getFirst(), sorted.getLast());
    }

    private static double seconds(Duration duration) {
        return (double) duration.toNanos() / 1e9;
    }

    private void say(String form, Object... values) {
        progress.println("bench: " + String.format(Locale.ROOT, form, values));
    }
}
