package dev.turnpike.edge.limit;

import static dev.turnpike.schemas.limit.LimitType.COST;
import static dev.turnpike.schemas.limit.LimitType.REQUEST;
import static dev.turnpike.schemas.limit.LimitType.TOKEN;
import static dev.turnpike.schemas.limit.LimitUnit.DAY;
import static dev.turnpike.schemas.limit.LimitUnit.HOUR;
import static dev.turnpike.schemas.limit.LimitUnit.MINUTE;
import static dev.turnpike.schemas.limit.LimitUnit.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.limit.AdmissionResult.Admitted;
import dev.turnpike.edge.limit.AdmissionResult.Refused;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.usage.UsageTotal;
import dev.turnpike.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random requests under several limits, beside logs that are only ever summed up. */
class AdmissionSimTest {
    private static final Instant START = Instant.parse("2026-11-01T23:58:00Z");
    private static final int STEPS = 6_000;
    private static final int ROOT = 9;

    /** Nano-dollars of one token. */
    private static final long COST_EACH = 3;

    /** A child of a shared pool with limits of its own. */
    private static Group child(int id, Random random) {
        return Trees.group(
                id,
                ROOT,
                List.of(
                        Trees.model(
                                Trees.SLUG,
                                Trees.limit(id, REQUEST, SECOND, 2 + random.nextInt(6)),
                                Trees.limit(id, REQUEST, MINUTE, 30 + random.nextInt(60)),
                                Trees.limit(id, TOKEN, MINUTE, 20_000),
                                Trees.limit(ROOT, TOKEN, DAY, 400_000)),
                        Trees.model(
                                "*",
                                Trees.limit(ROOT, COST, DAY, 1_300_000),
                                Trees.limit(ROOT, REQUEST, MINUTE, 70),
                                Trees.limit(ROOT, REQUEST, HOUR, 900))));
    }

    private static Group child(int id, long seed) {
        return child(id, new Random(seed + id));
    }

    /** One admission as the naive log remembers it, by real elapsed time. */
    private record Logged(Instant at, CounterKey counter) {}

    /** A running request and what it was charged. */
    private record Running(Reservation reservation, long tokens) {}

    /** One edge with its naive records. */
    private static final class Edge {
        private final FastAdmission admission;
        private final ManualClock clock;
        private final String stream;
        private final List<Running> running = new ArrayList<>();
        private final Map<Charge, Long> contributions = new LinkedHashMap<>();
        private final List<Logged> log = new ArrayList<>();

        Edge(String stream, Instant now) {
            this.stream = stream;
            this.clock = new ManualClock(now);
            this.admission = new FastAdmission(stream, clock);
        }

        /** Adds to what this edge holds on the counter and window of {@code charge}. */
        void contribute(Charge charge, long amount) {
            contributions.merge(place(charge), amount, Long::sum);
        }

        long level(CounterKey counter, long window) {
            return contributions.entrySet().stream()
                    .filter(e -> counterOf(e.getKey()).equals(counter))
                    .filter(e ->
                            counter.unit().rolls()
                                    ? e.getKey().window() >= window - 10
                                    : e.getKey().window() == window)
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    private static Charge place(Charge c) {
        return new Charge(c.groupId(), c.slug(), c.type(), c.unit(), c.window(), 0, 0);
    }

    private static CounterKey counterOf(Charge c) {
        return new CounterKey(c.groupId(), c.slug(), c.type(), c.unit());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 20_260_101})
    void oneEdgeNeverPassesAThresholdAndTakesAllOrNothing(long seed) {
        var random = new Random(seed);
        var groups = List.of(child(1, seed), child(2, seed));
        var edge = new Edge("a/1", START);
        var elapsed = START;
        for (int step = 0; step < STEPS; step++) {
            var as = "seed %d, step %d".formatted(seed, step);
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3, 4, 5 ->
                        request(edge, groups.get(random.nextInt(2)), random, elapsed, as);
                case 6, 7 -> settle(edge, random);
                case 8 -> {
                    var by =
                            Duration.ofMillis(
                                    random.nextInt(random.nextInt(20) == 0 ? 9_000 : 300));
                    elapsed = elapsed.plus(by);
                    edge.clock.advance(by);
                }
                default -> {
                    if (random.nextInt(40) == 0) {
                        // The clock is set back; real time goes on.
                        var back = Duration.ofMillis(random.nextInt(3_000));
                        edge.clock.set(edge.clock.instant().minus(back));
                    }
                    edge.admission.expire(edge.clock.instant());
                }
            }
        }
        assertThat(edge.log).as("seed %d", seed).hasSizeGreaterThan(200);
    }

    private static void request(Edge edge, Group group, Random random, Instant elapsed, String as) {
        long tokens = random.nextInt(4_000);
        var now = edge.clock.instant();
        var before = edge.admission.view(AppliedLimits.of(group, Trees.SLUG), now);
        var request =
                new AdmissionRequest(
                        now, AppliedLimits.of(group, Trees.SLUG), tokens, COST_EACH * tokens);
        switch (edge.admission.admit(request)) {
            case Refused(var breach, var retryAfter, var quota) -> {
                assertThat(edge.admission.view(AppliedLimits.of(group, Trees.SLUG), now))
                        .as(as)
                        .isEqualTo(before);
                assertThat(breach.used() + breach.reserved() + Math.max(1, breach.needed()))
                        .as(as)
                        .isGreaterThan(breach.limit().threshold());
                assertThat(quota).as(as).isEqualTo(!breach.limit().unit().rolls());
                retryAfter.ifPresent(wait -> assertThat(wait).as(as).isPositive());
            }
            case Admitted(var reservation) -> {
                var limits = AppliedLimits.of(group, Trees.SLUG).all();
                assertThat(reservation.charges()).as(as).hasSameSizeAs(limits);
                for (int i = 0; i < limits.size(); i++) {
                    var charge = reservation.charges().get(i);
                    edge.contribute(charge, charge.reserved() + charge.actual());
                    check(edge, limits.get(i).limit(), charge, elapsed, as);
                }
                edge.running.add(new Running(reservation, tokens));
            }
        }
    }

    /** The interval that ends with this admission, by real time, and the naive sum of windows. */
    private static void check(
            Edge edge, EffectiveLimit limit, Charge charge, Instant elapsed, String as) {
        var counter = counterOf(charge);
        if (limit.type() == LimitType.REQUEST) {
            edge.log.add(new Logged(elapsed, counter));
            if (limit.unit().rolls()) {
                var from = elapsed.minusMillis(limit.unit().subWindowMillis() * 10);
                assertThat(
                                edge.log.stream()
                                        .filter(one -> one.counter().equals(counter))
                                        .filter(one -> one.at().isAfter(from))
                                        .count())
                        .as(as)
                        .isLessThanOrEqualTo(limit.threshold());
            }
        }
        // Right after an admission nothing is beyond the threshold, unless truth was larger.
        if (limit.type() == LimitType.REQUEST || limit.unit() == DAY) {
            assertThat(edge.level(counter, charge.window()))
                    .as(as)
                    .isLessThanOrEqualTo(limit.threshold());
        }
    }

    private static void settle(Edge edge, Random random) {
        if (edge.running.isEmpty()) {
            return;
        }
        var one = edge.running.remove(random.nextInt(edge.running.size()));
        var started = one.reservation().charges();
        long actual = random.nextInt((int) one.tokens() + 500);
        var ended =
                random.nextInt(5) == 0
                        ? edge.admission.release(one.reservation())
                        : edge.admission.settle(one.reservation(), actual, COST_EACH * actual);
        for (int i = 0; i < ended.size(); i++) {
            var was = started.get(i);
            long held = was.type() == REQUEST ? was.actual() : was.reserved();
            edge.contribute(was, ended.get(i).actual() - held);
        }
    }

    /** News about one counter and window at one place in the log. */
    private record News(UsageTotal total, long position) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 20_260_101})
    void edgesThatHearOfEachOtherAgreeAtTheEnd(long seed) {
        var random = new Random(seed);
        var groups = List.of(child(1, seed), child(2, seed));
        var edges = List.of(new Edge("a/1", START), new Edge("b/1", START));
        var published = new ArrayList<News>();
        var inboxes = List.of(new ArrayList<News>(), new ArrayList<News>());
        for (int step = 0; step < STEPS / 3; step++) {
            var as = "seed %d, step %d".formatted(seed, step);
            int who = random.nextInt(2);
            var edge = edges.get(who);
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    long tokens = random.nextInt(300);
                    var result =
                            edge.admission.admit(
                                    new AdmissionRequest(
                                            edge.clock.instant(),
                                            AppliedLimits.of(
                                                    groups.get(random.nextInt(2)), Trees.SLUG),
                                            tokens,
                                            COST_EACH * tokens));
                    if (result instanceof Admitted(var reservation)) {
                        edge.running.add(new Running(reservation, tokens));
                        reservation
                                .charges()
                                .forEach(c -> edge.contribute(c, c.reserved() + c.actual()));
                    }
                }
                case 2 -> settle(edge, random);
                case 3 -> publish(edges, published, inboxes);
                case 4 -> deliver(edge, inboxes.get(who), random);
                default ->
                        edges.forEach(e -> e.clock.advance(Duration.ofMillis(random.nextInt(50))));
            }
            assertThat(edge.admission.droppedTotals()).as(as).isZero();
        }
        edges.forEach(edge -> {
            while (!edge.running.isEmpty()) {
                settle(edge, random);
            }
        });
        publish(edges, published, inboxes);
        for (int i = 0; i < 2; i++) {
            Collections.shuffle(inboxes.get(i), random);
            for (var news : inboxes.get(i)) {
                edges.get(i).admission.apply(news.total(), news.position());
            }
        }
        groups.forEach(group -> checkAgreement(edges, group, seed));
    }

    private static void publish(
            List<Edge> edges, List<News> published, List<ArrayList<News>> inboxes) {
        var places = new LinkedHashMap<Charge, Map<String, Long>>();
        for (var edge : edges) {
            edge.contributions.forEach((place, amount) ->
                    places.computeIfAbsent(place, p -> new HashMap<>()).put(edge.stream, amount));
        }
        places.forEach((p, parts) -> {
            long used = parts.values().stream().mapToLong(Long::longValue).sum();
            var total =
                    new UsageTotal(
                            p.groupId(), p.slug(), p.type(), p.unit(), p.window(), used, 0, parts);
            var news = new News(total, published.size());
            published.add(news);
            inboxes.forEach(inbox -> inbox.add(news));
        });
    }

    /** Some of the news, in any order, some of it twice. */
    private static void deliver(Edge edge, List<News> inbox, Random random) {
        for (int i = 0; i < 20 && !inbox.isEmpty(); i++) {
            int which = random.nextInt(inbox.size());
            var news = random.nextInt(4) == 0 ? inbox.get(which) : inbox.remove(which);
            edge.admission.apply(news.total(), news.position());
        }
    }

    private static void checkAgreement(List<Edge> edges, Group group, long seed) {
        // Of the clock that is ahead: an edge never counts in a window before its latest.
        var now = edges.stream().map(e -> e.clock.instant()).max(Instant::compareTo).orElseThrow();
        for (var applied : AppliedLimits.of(group, Trees.SLUG).all()) {
            if (applied.limit().type() == COST) {
                continue; // Not among the headers, so not in the view.
            }
            var counter = applied.counter();
            long window = counter.unit().window(now);
            long total = edges.stream().mapToLong(e -> e.level(counter, window)).sum();
            var only = Trees.group(1, ROOT, List.of(Trees.model(applied.slug(), applied.limit())));
            for (var edge : edges) {
                var view = edge.admission.view(AppliedLimits.of(only, Trees.SLUG), now);
                var seen = applied.limit().type() == REQUEST ? view.requests() : view.tokens();
                assertThat(seen.orElseThrow().remaining())
                        .as("seed %d, %s", seed, counter)
                        .isEqualTo(Math.max(0, applied.limit().threshold() - total));
            }
        }
    }

    @Test
    void atSaturationAtMostATenthIdles() {
        var group = Trees.leaf(Trees.limit(REQUEST, MINUTE, 1_000));
        var edge = new Edge("a/1", START);
        long admitted = 0;
        int minutes = 60;
        for (int i = 0; i < minutes * 60 * 40; i++) {
            edge.clock.advance(Duration.ofMillis(25));
            var request =
                    new AdmissionRequest(
                            edge.clock.instant(), AppliedLimits.of(group, Trees.SLUG), 0, 0);
            if (edge.admission.admit(request) instanceof Admitted) {
                admitted++;
            }
        }
        assertThat(admitted).isBetween(minutes * 900L, minutes * 1_000L);
    }
}
