package dev.turnpike.bench.speed;

import dev.turnpike.bench.load.LoadFigures;
import dev.turnpike.bench.load.LoadJob;
import dev.turnpike.bench.load.LoadJob.Kind;
import dev.turnpike.bench.rig.Edge;
import dev.turnpike.bench.rig.Nginx;
import dev.turnpike.bench.rig.Publication;
import dev.turnpike.bench.rig.Rig;
import dev.turnpike.bench.speed.Line.Budget;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One run: all figures, nginx and edge in turns. Used once, by one thread. */
public final class SpeedRun {
    private static final Budget THROUGHPUT = new Budget(true, 0.35);
    private static final Budget CHANGE_P99_MILLIS = new Budget(false, 200);
    private static final Budget WEBHOOK_P99_MILLIS = new Budget(false, 2_000);

    /** Part of the edge's own capacity at which latencies are compared. */
    private static final double LOAD_FOR_LATENCY = 0.5;

    /** Rounds of load on the edge before anything counts, at most. */
    private static final int WARM_UP_WINDOWS_MAX = 8;

    /** A window that is faster by this is followed by another. */
    private static final double STILL_WARMING = 1.05;

    private final Plan plan;
    private final PrintStream progress;
    private final List<Line> lines = new ArrayList<>();
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<Double> startMillis = new ArrayList<>();
    private long served;

    /**
     * @param progress is told what is being done
     */
    public SpeedRun(Plan plan, PrintStream progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Measures everything and ends every process it started.
     *
     * @throws dev.turnpike.bench.rig.BenchException if something broke, so that there is no figure
     */
    public Report run() {
        say("starting nginx, the broker and the upstreams");
        try (var rig = Rig.start(plan.chunks(), plan.recording())) {
            describe();
            startUps(rig);
            Money money;
            try (var edge = rig.startEdge(true)) {
                lines.add(startUp(edge));
                money = measure(rig, edge);
            }
            if (plan.webhookRequests() > 0) {
                wholeHouse(rig);
            }
            facts.put("load after", load());
            return new Report(facts, lines, money);
        }
    }

    private Money measure(Rig rig, Edge edge) {
        warmUp(rig, edge);
        int rate = throughput(rig, edge);
        latency(rig, edge, rate);
        if (plan.streams() > 0) {
            streams(rig, edge);
        }
        var memory = new Pairs();
        memory.add(mebibytes(rig.nginx().residentBytes()), mebibytes(edge.residentBytes()));
        lines.add(memory.ratio("resident_memory", "resident memory after load", "MiB"));
        if (plan.changes() > 0) {
            changes(rig, edge);
        }
        say("counting what the edge wrote down of " + served + " requests");
        return RequestsTopic.count(rig.kafka(), served);
    }

    private void describe() {
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("java", Runtime.version().toString());
        facts.put("nginx", Nginx.version(Nginx.find()));
        facts.put("rounds", plan.rounds() + " of " + plan.seconds() + " s");
        facts.put("load before", load());
        plan.recording().ifPresent(file -> facts.put("recording", file.toString()));
    }

    private static String load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return String.format(Locale.ROOT, "%.1f", load);
    }

    /** Starts before the one that serves; only their times are kept. */
    private void startUps(Rig rig) {
        for (int i = 1; i < plan.starts(); i++) {
            say("start " + i + " of the edge");
            try (var edge = rig.startEdge(false)) {
                startMillis.add((double) edge.startUp().toMillis());
            }
        }
    }

    private Line startUp(Edge edge) {
        startMillis.add((double) edge.startUp().toMillis());
        return Line.alone("start_up", "start of the edge until ready", "ms", Range.of(startMillis));
    }

    /** Asks the edge until it gets hardly faster, so that most of its code is compiled. */
    private void warmUp(Rig rig, Edge edge) {
        rig.load().run(closed(rig, rig.nginx().port(), 1));
        double before = 0;
        for (int window = 0; window < WARM_UP_WINDOWS_MAX; window++) {
            double now =
                    counted(rig.load().run(closed(rig, edge.port(), plan.seconds()))).perSecond();
            say("warming up: %.0f requests/s", now);
            if (window > 0 && now < before * STILL_WARMING) {
                return;
            }
            before = Math.max(before, now);
        }
    }

    /** Returns the rate at which latencies are to be compared. */
    private int throughput(Rig rig, Edge edge) {
        say("requests/s at " + plan.connections() + " connections");
        var pairs = new Pairs();
        var processor = new Pairs();
        for (int round = 0; round < plan.rounds(); round++) {
            var nginxBefore = rig.nginx().processorTime();
            var ofNginx = rig.load().run(closed(rig, rig.nginx().port(), plan.seconds()));
            var edgeBefore = edge.processorTime();
            double nginxMicros =
                    microsEach(rig.nginx().processorTime().minus(nginxBefore), ofNginx);
            var ofEdge = counted(rig.load().run(closed(rig, edge.port(), plan.seconds())));
            double edgeMicros = microsEach(edge.processorTime().minus(edgeBefore), ofEdge);
            pairs.add(ofNginx.perSecond(), ofEdge.perSecond());
            processor.add(nginxMicros, edgeMicros);
            say(
                    "  nginx %.0f/s at %.0f us of processor, edge %.0f/s at %.0f us",
                    ofNginx.perSecond(), nginxMicros, ofEdge.perSecond(), edgeMicros);
        }
        var direct = rig.load().run(closed(rig, rig.upstreamPort(), plan.seconds()));
        facts.put(
                "upstream alone",
                String.format(Locale.ROOT, "%.0f requests/s", direct.perSecond()));
        lines.add(
                pairs.ratio("throughput", "requests, " + plan.connections() + " connections", "1/s")
                        .within(THROUGHPUT));
        lines.add(processor.ratio("processor_time", "processor time of a request", "us"));
        return Math.max(1, (int) (pairs.edgeMedian() * LOAD_FOR_LATENCY));
    }

    private void latency(Rig rig, Edge edge, int rate) {
        say("latency at " + rate + " requests/s");
        var middle = new Pairs();
        var tail = new Pairs();
        for (int round = 0; round < plan.rounds(); round++) {
            var ofNginx = rig.load().run(open(rig, rig.nginx().port(), rate));
            var ofEdge = counted(rig.load().run(open(rig, edge.port(), rate)));
            middle.add(micros(ofNginx.latency().p50()), micros(ofEdge.latency().p50()));
            tail.add(micros(ofNginx.latency().p99()), micros(ofEdge.latency().p99()));
        }
        lines.add(middle.added("latency_p50", "p50 at " + rate + "/s, open loop", "us"));
        lines.add(tail.added("latency_p99", "p99 at " + rate + "/s, open loop", "us"));
        facts.put("open loop", rate + " requests/s");
    }

    private void streams(Rig rig, Edge edge) {
        say(plan.streams() + " slow streams");
        var first = new Pairs();
        var middle = new Pairs();
        var tail = new Pairs();
        for (int round = 0; round < Math.min(2, plan.rounds()); round++) {
            var ofNginx = rig.load().run(streaming(rig, rig.nginx().streamPort()));
            var ofEdge = counted(rig.load().run(streaming(rig, edge.port())));
            first.add(micros(ofNginx.latency().p50()), micros(ofEdge.latency().p50()));
            middle.add(micros(ofNginx.chunkDelay().p50()), micros(ofEdge.chunkDelay().p50()));
            tail.add(micros(ofNginx.chunkDelay().p99()), micros(ofEdge.chunkDelay().p99()));
        }
        var of = plan.streams() + " streams, ";
        lines.add(first.added("first_event_p50", of + "first event p50", "us"));
        lines.add(middle.added("chunk_delay_p50", of + "chunk delay p50", "us"));
        lines.add(tail.added("chunk_delay_p99", of + "chunk delay p99", "us"));
    }

    private void wholeHouse(Rig rig) {
        say(
                "all services: %d requests at 20/s, %d changes",
                plan.webhookRequests(), plan.changes());
        try (var house = rig.startInstallation()) {
            var webhooks = WholeHouse.webhooks(house, plan.webhookRequests());
            percentiles("webhook", "webhook after request end", webhooks, WEBHOOK_P99_MILLIS);
            if (plan.changes() > 0) {
                var changes = WholeHouse.changes(house, plan.changes());
                percentiles(
                        "api_change_visible", "API change in force", changes, CHANGE_P99_MILLIS);
            }
        }
    }

    private void changes(Rig rig, Edge edge) {
        say(plan.changes() + " changes of the control state");
        var times = ControlChanges.measure(rig, edge.port(), plan.changes());
        percentiles("change_visible", "change of the log in force", times, CHANGE_P99_MILLIS);
    }

    /** Lines of the median and of the 99th percentile, with a budget for the latter. */
    private void percentiles(String key, String title, List<Double> millis, Budget tail) {
        lines.add(
                Line.alone(
                        key + "_p50",
                        title + " p50",
                        "ms",
                        Range.of(List.of(Percentile.of(millis, 50)))));
        lines.add(
                Line.alone(
                                key + "_p99",
                                title + " p99",
                                "ms",
                                Range.of(List.of(Percentile.of(millis, 99))))
                        .within(tail));
    }

    /** Remembers answers of the edge, each of which must be settled on the topic. */
    private LoadFigures counted(LoadFigures figures) {
        served += figures.answered();
        if (figures.failed() > 0) {
            facts.merge(
                    "failed",
                    Long.toString(figures.failed()),
                    (a, b) -> Long.toString(Long.parseLong(a) + Long.parseLong(b)));
        }
        return figures;
    }

    private LoadJob closed(Rig rig, int port, int seconds) {
        return LoadJob.chat(
                Kind.CLOSED,
                port,
                plan.connections(),
                0,
                1_000L * seconds,
                Publication.WHOLE,
                rig.key());
    }

    private LoadJob open(Rig rig, int port, int rate) {
        return LoadJob.chat(
                Kind.OPEN,
                port,
                plan.connections(),
                rate,
                1_000L * plan.seconds(),
                Publication.WHOLE,
                rig.key());
    }

    private LoadJob streaming(Rig rig, int port) {
        return LoadJob.chat(
                Kind.STREAMS, port, plan.streams(), 0, 0, Publication.STREAM, rig.key());
    }

    private static double microsEach(Duration processorTime, LoadFigures figures) {
        return (double) processorTime.toNanos() / 1e3 / (double) Math.max(1, figures.answered());
    }

    private static double micros(long nanos) {
        return (double) nanos / 1e3;
    }

    private static double mebibytes(long bytes) {
        return (double) bytes / (double) (1L << 20);
    }

    private void say(String form, Object... values) {
        progress.println("bench: " + String.format(Locale.ROOT, form, values));
    }
}
