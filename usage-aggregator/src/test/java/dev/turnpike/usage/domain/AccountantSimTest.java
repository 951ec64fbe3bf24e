package dev.turnpike.usage.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.price.PriceBook;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.UsageTotal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random traffic of several edges, sent badly, against a model that sees each record once. */
class AccountantSimTest {
    private static final int EDGES = 4;
    private static final int STEPS = 1_500;
    private static final int COMMIT_EVERY = 20;
    private static final PriceBook BOOK =
            new PriceBook(List.of(Facts.price(1, Facts.SLUG, Facts.NOON)));

    /** What each edge has written, oldest first, and what is still running on it. */
    private static final class Edge {
        final List<RequestRecord> journal = new ArrayList<>();
        final Map<Long, Charge> running = new HashMap<>();
        final String name;
        int start = 1;
        long sequence;
        int shipped;

        Edge(String name) {
            this.name = name;
        }

        String stream() {
            return name + '/' + start;
        }

        void dies() {
            var before = stream();
            start++;
            sequence = 0;
            running.forEach((id, held) ->
                    journal.add(Facts.aborted(stream(), ++sequence, id, before, held.settled(7))));
            running.clear();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20_260_101})
    void whateverIsDoubledReorderedOrRepeatedIsCountedOnce(long seed) {
        var random = new Random(seed);
        // Given
        var written = new ArrayList<RequestRecord>();
        var log = traffic(random, written);
        // When
        var state = new MemoryState();
        var ledger = run(log, state, random, seed);
        // Then
        var terminals = written.stream().filter(r -> r.fact().terminal()).toList();
        assertThat(ledger.stream().map(e -> e.call().requestId()))
                .as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(
                        terminals.stream().map(r -> r.fact().call().requestId()).toList());
        assertThat(sums(state)).as("seed %d", seed).isEqualTo(model(written));
        // Folding again from the beginning, without any accident of ours, gives the same.
        var again = new MemoryState();
        var accountant = new Accountant(again);
        log.forEach(record -> accountant.apply(record, Facts.horizon(Facts.NOON), BOOK));
        assertThat(again.requests).isEqualTo(state.requests);
        assertThat(again.totals).isEqualTo(state.totals);
        assertThat(again.marks).isEqualTo(state.marks);
    }

    /** Processes the log in transactions, some of which are lost and done again. */
    private static List<LedgerEntry> run(
            List<RequestRecord> log, MemoryState state, Random random, long seed) {
        var ledger = new ArrayList<LedgerEntry>();
        var uncommitted = new ArrayList<LedgerEntry>();
        var live = state.copy();
        int committed = 0;
        int at = 0;
        while (committed < log.size()) {
            if (at < log.size()) {
                var applied =
                        new Accountant(live).apply(log.get(at++), Facts.horizon(Facts.NOON), BOOK);
                applied.entry().ifPresent(uncommitted::add);
                live.totals.values().forEach(total -> balanced(total, seed));
            }
            if (random.nextInt(50) == 0) {
                live = state.copy();
                uncommitted.clear();
                at = committed;
            } else if (at == log.size() || at - committed >= COMMIT_EVERY) {
                replace(state, live);
                ledger.addAll(uncommitted);
                uncommitted.clear();
                committed = at;
            }
        }
        return ledger;
    }

    private static void replace(MemoryState state, MemoryState by) {
        state.requests.clear();
        state.requests.putAll(by.requests);
        state.marks.clear();
        state.marks.putAll(by.marks);
        state.totals.clear();
        state.totals.putAll(by.totals);
    }

    private static void balanced(UsageTotal total, long seed) {
        long sum = total.contributions().values().stream().mapToLong(Long::longValue).sum();
        assertThat(sum).as("seed %d, %s", seed, total).isEqualTo(total.used() + total.reserved());
        assertThat(total.used()).as("seed %d, %s", seed, total).isNotNegative();
        assertThat(total.reserved()).as("seed %d, %s", seed, total).isNotNegative();
    }

    private static List<RequestRecord> traffic(Random random, List<RequestRecord> written) {
        var edges = new ArrayList<Edge>();
        for (int i = 0; i < EDGES; i++) {
            edges.add(new Edge("edge-" + i));
        }
        var log = new ArrayList<RequestRecord>();
        for (int step = 0; step < STEPS; step++) {
            var edge = edges.get(random.nextInt(EDGES));
            act(edge, step, random);
            ship(edge, log, random);
        }
        for (var edge : edges) {
            log.addAll(edge.journal.subList(edge.shipped, edge.journal.size()));
            written.addAll(edge.journal);
        }
        return disordered(log, random);
    }

    private static void act(Edge edge, long id, Random random) {
        int die = random.nextInt(100);
        if (die < 50 || edge.running.isEmpty()) {
            var held = Facts.tokens(LimitUnit.values()[random.nextInt(5)], random.nextInt(99), 0);
            edge.running.put(id, held);
            edge.journal.add(
                    Facts.started(
                            edge.stream(),
                            ++edge.sequence,
                            id,
                            held,
                            Facts.requests(LimitUnit.DAY)));
        } else if (die < 88) {
            var ended = edge.running.entrySet().iterator().next();
            edge.running.remove(ended.getKey());
            edge.journal.add(
                    Facts.settled(
                            edge.stream(),
                            ++edge.sequence,
                            ended.getKey(),
                            ended.getValue().settled(random.nextInt(150)),
                            Facts.requests(LimitUnit.DAY)));
        } else if (die < 97) {
            edge.journal.add(Facts.refused(edge.stream(), ++edge.sequence, id));
        } else {
            edge.dies();
        }
    }

    /** Sends what is new; an error makes it send again from something it had already sent. */
    private static void ship(Edge edge, List<RequestRecord> log, Random random) {
        if (random.nextInt(3) != 0) {
            return;
        }
        int from = edge.shipped;
        if (random.nextInt(4) == 0) {
            from = Math.max(0, from - random.nextInt(12));
        }
        log.addAll(edge.journal.subList(from, edge.journal.size()));
        edge.shipped = edge.journal.size();
    }

    /** Doubles a third of the records, and swaps some with a neighbour. */
    private static List<RequestRecord> disordered(List<RequestRecord> log, Random random) {
        var out = new ArrayList<RequestRecord>();
        for (var record : log) {
            out.add(record);
            if (random.nextInt(10) < 3) {
                out.add(Math.max(0, out.size() - random.nextInt(30)), record);
            }
            int last = out.size() - 1;
            if (last > 3 && random.nextInt(8) == 0) {
                var moved = out.remove(last);
                out.add(last - 1 - random.nextInt(3), moved);
            }
        }
        return out;
    }

    private static Map<String, List<Long>> sums(MemoryState state) {
        var sums = new HashMap<String, List<Long>>();
        state.totals.forEach((counter, total) -> {
            if (total.used() != 0 || total.reserved() != 0) {
                sums.put(counter, List.of(total.used(), total.reserved()));
            }
        });
        return sums;
    }

    /**
     * Used and reserved by counter: the ends count with the truth, the rest with what they hold.
     */
    private static Map<String, List<Long>> model(List<RequestRecord> written) {
        var last = new HashMap<RequestId, RequestFact>();
        for (var record : written) {
            last.merge(
                    record.fact().call().requestId(),
                    record.fact(),
                    (a, b) -> a.terminal() ? a : b);
        }
        var sums = new HashMap<String, List<Long>>();
        for (var fact : last.values()) {
            var charges =
                    switch (fact) {
                        case Started started -> started.charges();
                        case Settled settled -> settled.charges();
                        case Aborted aborted -> aborted.charges();
                        case Refused _ -> List.<Charge>of();
                    };
            for (var charge : charges) {
                var add = List.of(charge.actual(), fact.terminal() ? 0 : charge.reserved());
                sums.merge(
                        charge.counter(),
                        add,
                        (a, b) -> List.of(a.get(0) + b.get(0), a.get(1) + b.get(1)));
            }
        }
        sums.values().removeIf(sum -> sum.get(0) == 0 && sum.get(1) == 0);
        return sums;
    }
}
