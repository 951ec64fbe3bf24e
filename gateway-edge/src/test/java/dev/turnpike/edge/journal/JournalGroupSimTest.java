package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.edge.journal.MemoryStore.Fault;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many requests at once write in groups: none is lost, doubled, or believed before its write. */
class JournalGroupSimTest {
    private static final RecordCodec<RequestRecord> CODEC =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
    private static final int REQUESTS = 400;

    private final ManualClock clock = new ManualClock(Facts.NOON);
    private final MemoryStore store = new MemoryStore();

    private Journal open() {
        return Journal.open(
                store,
                () -> {},
                new JournalSettings(Path.of("unused"), Optional.empty(), 1L << 24, false),
                CODEC,
                clock,
                () -> "edge");
    }

    private static List<RequestRecord> records(Journal journal) {
        return journal.read(1, Integer.MAX_VALUE, Long.MAX_VALUE).stream()
                .map(record -> CODEC.decode(record.value()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 64})
    void everyRequestHasOneStartAndOneEndInSequence(int threads) throws Exception {
        var journal = open();
        try (var pool = Executors.newFixedThreadPool(threads, Thread.ofVirtual().factory())) {
            for (int i = 1; i <= REQUESTS; i++) {
                int n = i;
                var _ = pool.submit(() -> serve(journal, n));
            }
        }
        var starts = new HashMap<String, Integer>();
        var ends = new HashMap<String, Integer>();
        var sequences = new long[Topics.PARTITIONS];
        for (var record : records(journal)) {
            var root = record.fact().call().caller().rootGroupId().value();
            int partition = Topics.partition(Topics.REQUESTS, root);
            assertThat(record.sequence()).isEqualTo(++sequences[partition]);
            var id = record.fact().call().requestId().value();
            var counts = record.fact() instanceof RequestFact.Started ? starts : ends;
            counts.merge(id, 1, Integer::sum);
            assertThat(starts).containsKey(id);
        }
        assertThat(starts).hasSize(REQUESTS).allSatisfy((_, n) -> assertThat(n).isOne());
        assertThat(ends).hasSize(REQUESTS).allSatisfy((_, n) -> assertThat(n).isOne());
        assertThat(openRows()).isZero();
    }

    private static void serve(Journal journal, int n) {
        journal.started(Facts.started(n), Provider.DEMO, "demo-1");
        if (n % 3 == 0) {
            journal.called(Facts.id(n), Provider.DEMO, "demo-2");
        }
        if (n % 5 == 0) {
            journal.progress(Facts.id(n), 1_000);
        }
        journal.terminal(Facts.settled(n));
    }

    private int openRows() {
        int[] rows = {0};
        store.scan(
                Table.OPEN,
                new byte[0],
                (_, _) -> {
                    rows[0]++;
                    return true;
                });
        return rows[0];
    }

    @Test
    void aGroupWhoseWriteFailsIsRefusedWholeAndItsNumbersAreUsedAgain() throws Exception {
        var journal = open();
        journal.started(Facts.started(1));
        store.failNext(Fault.LOST);
        Set<Integer> refused = ConcurrentHashMap.newKeySet();
        Set<Integer> accepted = ConcurrentHashMap.newKeySet();
        var go = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int i = 2; i <= 40; i++) {
            int n = i;
            threads.add(
                    Thread.startVirtualThread(() -> tryToStart(journal, n, go, refused, accepted)));
        }
        go.countDown();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(refused).isNotEmpty();
        clock.advance(JournalState.REPAIR_EVERY);
        journal.upkeep();
        journal.started(Facts.started(100));
        Map<String, Long> sequences = new HashMap<>();
        for (var record : records(journal)) {
            var id = record.fact().call().requestId().value();
            if (record.fact() instanceof RequestFact.Started
                    && sequences.put(id, record.sequence()) != null) {
                fail(id + " started twice");
            }
        }
        assertThat(sequences).hasSize(2 + accepted.size());
    }

    private static void tryToStart(
            Journal journal,
            int n,
            CountDownLatch go,
            Set<Integer> refused,
            Set<Integer> accepted) {
        try {
            go.await();
            journal.started(Facts.started(n));
            accepted.add(n);
        } catch (JournalUnavailableException e) {
            refused.add(n);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anInterruptedRequestIsWrittenAndKeepsItsInterrupt() throws Exception {
        var journal = open();
        var kept = new boolean[1];
        var thread =
                Thread.startVirtualThread(() -> {
                    Thread.currentThread().interrupt();
                    journal.started(Facts.started(1));
                    kept[0] = Thread.currentThread().isInterrupted();
                });
        thread.join();
        assertThat(kept[0]).isTrue();
        assertThat(records(journal)).hasSize(1);
    }

    @Test
    void aRunningRequestsStartIsKeptHoweverOldItIs() {
        var journal = open();
        journal.started(Facts.started(1), Provider.DEMO, "demo-1");
        for (int n = 2; n <= 20; n++) {
            serve(journal, n);
        }
        journal.acknowledge(journal.end() - 1, 1, new long[12]);
        clock.advance(Acknowledged.SAVE_EVERY);
        journal.upkeep();
        journal.terminal(Facts.refused(21));
        journal.acknowledge(journal.end() - 1, 1, new long[12]);
        clock.advance(Acknowledged.KEEP.multipliedBy(2));
        journal.upkeep();
        var next = open(); // As after a kill.
        var aborted = (RequestFact.Aborted) records(next).getLast().fact();
        assertThat(aborted.call().requestId()).isEqualTo(Facts.id(1));
        assertThat(aborted.settlement().charged()).isTrue();
    }

    @Test
    void aRequestThatRunsForLongIsFoundThoughFewRecordsAreRead() {
        var journal = openReading(10);
        journal.started(Facts.started(1), Provider.DEMO, "demo-1");
        journal.started(Facts.started(2), Provider.DEMO, "demo-1");
        for (int n = 3; n <= 20; n++) {
            serve(journal, n);
        }
        assertThat(openRows()).isZero();
        journal.acknowledge(3, 1, new long[12]);
        clock.advance(Acknowledged.SAVE_EVERY);
        journal.upkeep();
        assertThat(openRows()).isEqualTo(2);
        journal.terminal(Facts.settled(2));
        assertThat(openRows()).isEqualTo(1);
        var facts = records(openReading(10));
        assertThat(facts.getLast().fact()).isInstanceOf(RequestFact.Aborted.class);
        assertThat(facts.getLast().fact().call().requestId()).isEqualTo(Facts.id(1));
        assertThat(facts).hasSize(2 + 18 * 2 + 1 + 1);
        assertThat(openRows()).isZero();
    }

    @Test
    void oneWriteIsOneRowHoweverManyRecords() {
        var state = state();
        state.apply(List.of(start(Facts.started(1)), start(Facts.started(2))));
        state.apply(
                List.of(
                        new Change(new Step.Settle(Facts.settled(1))),
                        start(Facts.started(3)),
                        new Change(new Step.Settle(Facts.settled(2)))));
        assertThat(store.rows(Table.RECORDS)).isEqualTo(2);
        assertThat(openRows()).isZero();
        assertThat(state.log().read(2, 3, Long.MAX_VALUE))
                .extracting(JournalRecord::position)
                .containsExactly(2L, 3L, 4L);
        assertThat(state.log().read(5, 9, Long.MAX_VALUE)).hasSize(1);
    }

    private Journal openReading(long readMax) {
        var settings = new JournalSettings(Path.of("unused"), Optional.empty(), 1L << 24, false);
        return Journal.open(store, () -> {}, settings, CODEC, clock, () -> "edge", readMax);
    }

    private JournalState state() {
        return new JournalState(store, CODEC, clock, 1L << 24, 100, "edge/1");
    }

    private static Change start(RequestFact.Started fact) {
        return new Change(new Step.Start(fact, null));
    }

    private static List<RequestFact> facts(JournalState state) {
        return state.log().read(1, Integer.MAX_VALUE, Long.MAX_VALUE).stream()
                .map(record -> CODEC.decode(record.value()).fact())
                .toList();
    }

    /** The disk said no and had written the group all the same. */
    @Test
    void aGroupThatWasWrittenThoughItsWriteFailedLosesNothing() {
        var state = state();
        state.apply(List.of(start(Facts.started(1)), start(Facts.started(2))));
        store.failNext(Fault.KEPT);
        var group =
                List.of(
                        start(Facts.started(3)),
                        new Change(new Step.Settle(Facts.settled(1))),
                        start(Facts.started(4)),
                        new Change(new Step.Settle(Facts.settled(2))));
        state.apply(group);
        assertThat(group).allSatisfy(c -> assertThatThrownBy(c::result).isNotNull());
        clock.advance(JournalState.REPAIR_EVERY);
        state.upkeep();
        assertThat(facts(state)).contains(Facts.settled(1), Facts.settled(2)).hasSize(8);
        assertThat(facts(state).subList(6, 8))
                .allSatisfy(f -> assertThat(f).isInstanceOf(RequestFact.Aborted.class))
                .extracting(f -> f.call().requestId())
                .containsExactly(Facts.id(3), Facts.id(4));
        assertThat(state.status().open()).isZero();
        assertThat(openRows()).isZero();
    }

    @Test
    void aRequestThatCannotBeWrittenFailsAlone() {
        var state = state();
        var good = Facts.started(1);
        var call = good.call();
        var endless =
                new RequestFact.Started(
                        new Call(
                                Facts.id(2),
                                Instant.MAX, // No such number of microseconds.
                                call.caller(),
                                call.modelSlug(),
                                call.endpointId(),
                                call.operation(),
                                call.stream(),
                                call.requestMetadata()),
                        good.charges(),
                        1);
        var bad = start(endless);
        var first = start(good);
        var last = start(Facts.started(3));
        state.apply(List.of(first, bad, last));
        assertThatThrownBy(bad::result).isInstanceOf(IllegalStateException.class);
        assertThat(first.result()).isEqualTo(new Receipt("edge/1", 1));
        assertThat(last.result()).isEqualTo(new Receipt("edge/1", 2));
        assertThat(facts(state)).containsExactly(Facts.started(1), Facts.started(3));
    }
}
