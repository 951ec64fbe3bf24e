package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.edge.journal.MemoryStore.Fault;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drives a journal through work, disk faults and crashes, beside a model that only remembers. */
class JournalSimTest {
    private static final int STEPS = 5_000;
    private static final int GROUP_MAX = 6;

    /** So few that long requests get rows. */
    private static final int READ_MAX = 12;

    /** So few that a silence of Kafka fills it. */
    private static final long BYTES_MAX = 64 << 10;

    /** Steps for which Kafka acknowledges nothing, now and then. */
    private static final int SILENCE = 300;

    /** Faults while the journal opens, one after the other. */
    private static final int OPEN_FAULTS_MAX = 3;

    /** Reads and writes of a start among which one fails: as many as one with much to end has. */
    private static final int OPEN_OPERATIONS = 24;

    private static final RecordCodec<RequestRecord> CODEC =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 20_260_101, 20_261_121})
    void everyRequestEndsOnceWhateverFails(long seed) {
        var run = new Run(seed);
        for (int step = 0; step < STEPS; step++) {
            run.step();
        }
        run.finish();
    }

    /** What the caller was told about one request. */
    private static final class Told {
        private boolean started;
        private boolean called;
        private boolean callAttempted;
        private long progress;
        private boolean endConfirmed;
        private boolean endAttempted;
        private boolean refused;
    }

    /** What a run must have met to have tried anything. */
    private enum Seen {
        FULL,
        SENT_AGAIN,
        SENT_AGAIN_FROM_A_ROW_OF_SEVERAL,
        OPEN_FAILED
    }

    private static final class Run {
        private final Random random;
        private final String where;
        private final MemoryStore store = new MemoryStore();
        private final ManualClock clock = new ManualClock(Facts.NOON);
        private final Map<Integer, Told> told = new TreeMap<>();
        private final List<Integer> running = new ArrayList<>();
        private final Set<String> streams = new HashSet<>();
        private final List<RequestRecord> log = new ArrayList<>();

        /** Bytes of the values up to each position. */
        private final List<Long> bytesUpTo = new ArrayList<>(List.of(0L));

        /** When Kafka had everything up to a position, as long as that is believed. */
        private final NavigableMap<Long, Instant> arrived = new TreeMap<>();

        private final Map<Seen, Integer> seen = new EnumMap<>(Seen.class);
        private Journal journal;
        private boolean rewindInDoubt;
        private int silence;
        private long followed;
        private boolean rowsOfOld;
        private int next = 1;

        Run(long seed) {
            random = new Random(seed);
            where = "seed " + seed;
            arrived.put(0L, Instant.MIN);
            journal = open();
        }

        private void saw(Seen what) {
            seen.merge(what, 1, Integer::sum);
        }

        /** A start after a crash, on a disk that may fail it a few times. */
        private Journal reopened() {
            for (int fault = 0; fault < OPEN_FAULTS_MAX; fault++) {
                var faults = Fault.values();
                var next = faults[random.nextInt(faults.length)];
                store.failAfter(random.nextInt(OPEN_OPERATIONS), next);
                try {
                    return open();
                } catch (JournalStoreException | OutOfMemoryError e) {
                    saw(Seen.OPEN_FAILED);
                } finally {
                    store.failNext(Fault.NONE);
                }
            }
            return open();
        }

        private Journal open() {
            var opened =
                    Journal.open(
                            store,
                            () -> {},
                            new JournalSettings(
                                    Path.of("unused"), Optional.empty(), BYTES_MAX, false),
                            CODEC,
                            clock,
                            () -> "edge",
                            READ_MAX);
            store.failNext(Fault.NONE);
            assertThat(streams.add(opened.stream())).as(where).isTrue();
            assertThat(store.rows(Table.OPEN)).as(where).isZero();
            return opened;
        }

        void step() {
            switch (random.nextInt(21)) {
                case 0, 1, 2 -> start();
                case 3, 4, 5 -> group();
                case 6, 7 -> call();
                case 8, 9, 10 -> progress();
                case 11, 12, 13, 14 -> settle();
                case 15 -> refuse();
                case 16 -> store.failNext(random.nextBoolean() ? Fault.LOST : Fault.KEPT);
                case 17 -> acknowledge();
                case 18 -> {
                    clock.advance(Duration.ofMillis(random.nextInt(120_000)));
                    store.repairable(random.nextInt(4) > 0);
                    journal.upkeep();
                }
                case 19 -> {
                    if (random.nextInt(10) == 0) {
                        crash();
                    }
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        rewind();
                    } else if (random.nextInt(30) == 0) {
                        silence = SILENCE;
                    }
                }
            }
            silence--;
            follow();
            checkBacklog();
            rowsOfOld |= store.has(Table.OPEN, OpenTable.OPENED);
        }

        private void start() {
            int n = next++;
            var fate = new Told();
            told.put(n, fate);
            try {
                journal.started(Facts.started(n));
                fate.started = true;
                running.add(n);
            } catch (JournalUnavailableException e) {
                checkRefusal();
            }
        }

        /** Nothing new is let in by a broken disk, or because Kafka takes nothing. */
        private void checkRefusal() {
            assertThat(journal.status().healthy()).as(where).isFalse();
            if (!store.broken()) {
                saw(Seen.FULL);
                assertThat(journal.status().unacknowledgedBytes())
                        .as(where)
                        .isGreaterThanOrEqualTo(BYTES_MAX);
            }
        }

        /** Several at once, as when many threads wait. */
        private void group() {
            var group = new TreeMap<Integer, Change>();
            int size = 1 + random.nextInt(GROUP_MAX);
            for (int i = 0; i < size; i++) {
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        told.put(next, new Told());
                        group.put(next, new Change(new Step.Start(Facts.started(next), called())));
                        next++;
                    }
                    case 2 ->
                            pickBut(group.keySet())
                                    .ifPresent(n -> {
                                        running.remove(n);
                                        told(n).endAttempted = true;
                                        group.put(n, new Change(new Step.Settle(Facts.settled(n))));
                                    });
                    default ->
                            pickBut(group.keySet())
                                    .ifPresent(n ->
                                            group.put(
                                                    n,
                                                    new Change(
                                                            new Step.Call(Facts.id(n), called()))));
                }
            }
            journal.write(List.copyOf(group.values()));
            group.forEach(this::told);
        }

        private Unfinished.Called called() {
            return new Unfinished.Called(clock.instant(), Provider.DEMO, "m");
        }

        private void told(int n, Change change) {
            boolean done = true;
            try {
                change.result();
            } catch (JournalUnavailableException e) {
                done = false;
            }
            var fate = told(n);
            switch (change.step()) {
                case Step.Start _ -> {
                    fate.started = done;
                    fate.called = done;
                    fate.callAttempted = true;
                    if (done) {
                        running.add(n);
                    }
                }
                case Step.Call _ -> fate.called |= done;
                case Step.Settle _ -> fate.endConfirmed = done;
                case Step.Refuse _ -> throw new AssertionError(where);
            }
        }

        private void call() {
            pick().ifPresent(n -> {
                try {
                    journal.called(Facts.id(n), Provider.DEMO, "m");
                    told(n).called = true;
                } catch (JournalUnavailableException e) {
                    assertThat(store.broken()).as(where).isTrue(); // It is not called.
                }
            });
        }

        private void progress() {
            pick().filter(n -> told(n).called)
                    .ifPresent(n -> {
                        told(n).progress += random.nextInt(600);
                        journal.progress(Facts.id(n), told(n).progress);
                    });
        }

        private void settle() {
            pick().ifPresent(n -> {
                running.remove(n);
                told(n).endAttempted = true;
                try {
                    journal.terminal(Facts.settled(n));
                    told(n).endConfirmed = true;
                } catch (JournalUnavailableException e) {
                    // The journal owes it; being full is no reason.
                    assertThat(store.broken()).as(where).isTrue();
                }
                assertThatThrownBy(() -> journal.terminal(Facts.settled(n)))
                        .as(where)
                        .isInstanceOf(IllegalStateException.class);
            });
        }

        private void refuse() {
            int n = next++;
            var fate = new Told();
            told.put(n, fate);
            try {
                journal.terminal(Facts.refused(n));
                fate.refused = true;
            } catch (JournalUnavailableException e) {
                checkRefusal();
            }
        }

        private void acknowledge() {
            long had = journal.acknowledgedPosition();
            long end = followed;
            if (end > had && silence <= 0) {
                long to = had + 1 + random.nextInt((int) (end - had));
                acknowledge(had, to);
            }
        }

        private void acknowledge(long had, long to) {
            journal.acknowledge(to, bytes(had, to), journal.acknowledgedOffsets());
            arrived.put(to, clock.instant());
        }

        private long bytes(long had, long to) {
            return bytesUpTo.get((int) to) - bytesUpTo.get((int) had);
        }

        /** Kafka has lost what it had: all of the last minutes goes out again, as it was. */
        private void rewind() {
            long before = journal.acknowledgedPosition();
            journal.rewind();
            long after = journal.acknowledgedPosition();
            assertThat(after).as(where).isLessThanOrEqualTo(before);
            if (store.broken()) {
                assertThat(after).as(where).isEqualTo(before);
                rewindInDoubt = true; // The next start may find it done.
                return;
            }
            var longAgo = clock.instant().minus(Acknowledged.KEEP);
            long old = 0;
            for (var one : arrived.entrySet()) {
                old = one.getValue().isAfter(longAgo) ? old : one.getKey();
            }
            assertThat(after).as(where).isLessThanOrEqualTo(old);
            assertThat(journal.acknowledgedOffsets()).as(where).containsOnly(-1);
            believeOnly(after);
            checkSentAgain(after, before);
        }

        private void checkSentAgain(long after, long before) {
            long position = after;
            for (var record : journal.read(after + 1, 10_000, Long.MAX_VALUE)) {
                assertThat(record.position()).as(where).isEqualTo(++position);
                assertThat(CODEC.decode(record.value()))
                        .as(where)
                        .isEqualTo(log.get((int) position - 1));
            }
            assertThat(position).as(where).isEqualTo(followed);
            if (after < before) {
                saw(Seen.SENT_AGAIN);
            }
            if (store.rows(Table.RECORDS) < followed - after) {
                saw(Seen.SENT_AGAIN_FROM_A_ROW_OF_SEVERAL);
            }
        }

        /** What is said to be on its way is what nobody has acknowledged. */
        private void checkBacklog() {
            var status = journal.status();
            long acknowledged = journal.acknowledgedPosition();
            if (followed == journal.end() - 1) {
                assertThat(status.unacknowledged()).as(where).isEqualTo(followed - acknowledged);
                assertThat(status.unacknowledgedBytes())
                        .as(where)
                        .isEqualTo(bytes(acknowledged, followed));
            }
        }

        private void crash() {
            store.close();
            store.repairable(true);
            store.failNext(Fault.NONE);
            running.clear();
            journal = reopened();
            long acknowledged = journal.acknowledgedPosition();
            assertThat(rewindInDoubt || arrived.containsKey(acknowledged)).as(where).isTrue();
            rewindInDoubt = false;
            believeOnly(acknowledged);
        }

        /** Kafka has everything up to {@code position}, and perhaps nothing behind it. */
        private void believeOnly(long position) {
            arrived.tailMap(position, false).clear();
            arrived.putIfAbsent(position, Instant.MIN); // What was rewound to is old.
        }

        private Optional<Integer> pick() {
            return running.isEmpty()
                    ? Optional.empty()
                    : Optional.of(running.get(random.nextInt(running.size())));
        }

        private Optional<Integer> pickBut(Set<Integer> taken) {
            return pick().filter(n -> !taken.contains(n));
        }

        private Told told(int n) {
            return Objects.requireNonNull(told.get(n));
        }

        /** Reads on as a shipper does: what it has read is never taken back. */
        private void follow() {
            for (var record : journal.read(followed + 1, 10_000, Long.MAX_VALUE)) {
                if (record.position() >= journal.end()) {
                    return;
                }
                assertThat(record.position()).as(where).isEqualTo(++followed);
                var value = CODEC.decode(record.value());
                assertThat(new String(record.key(), StandardCharsets.UTF_8))
                        .isEqualTo(value.fact().call().caller().rootGroupId().value());
                assertThat(record.partition())
                        .isEqualTo(Topics.partition(Topics.REQUESTS, record.key()));
                log.add(value);
                bytesUpTo.add(bytesUpTo.getLast() + record.value().length);
            }
        }

        void finish() {
            assertThat(rowsOfOld).as(where).isTrue();
            assertThat(seen).as(where).containsOnlyKeys(Seen.values());
            crash();
            follow();
            checkBacklog();
            checkRoom();
            checkSequences();
            var byRequest = new HashMap<String, List<RequestRecord>>();
            for (var record : log) {
                byRequest
                        .computeIfAbsent(
                                record.fact().call().requestId().value(), k -> new ArrayList<>())
                        .add(record);
            }
            told.forEach((n, fate) ->
                    checkRequest(n, fate, byRequest.getOrDefault(Facts.id(n).value(), List.of())));
        }

        /** Once Kafka has all, there is room again. */
        private void checkRoom() {
            long had = journal.acknowledgedPosition();
            acknowledge(had, followed);
            assertThat(journal.status().healthy()).as(where).isTrue();
            assertThat(journal.status().unacknowledgedBytes()).as(where).isZero();
        }

        private void checkSequences() {
            var last = new HashMap<String, Long>();
            for (var record : log) {
                int partition =
                        Topics.partition(
                                Topics.REQUESTS,
                                record.fact().call().caller().rootGroupId().value());
                long sequence = last.merge(record.stream() + "#" + partition, 1L, Long::sum);
                assertThat(record.sequence()).as(where).isEqualTo(sequence);
            }
        }

        private void checkRequest(int n, Told fate, List<RequestRecord> records) {
            var as = "%s, request %d: %s".formatted(where, n, records);
            var facts = records.stream().map(RequestRecord::fact).toList();
            if (fate.refused) {
                assertThat(facts).as(as).containsExactly(Facts.refused(n));
            } else if (fate.started) {
                assertThat(facts).as(as).hasSize(2);
                assertThat(facts.getFirst()).as(as).isEqualTo(Facts.started(n));
                checkEnd(as, n, fate, records.getFirst().stream(), facts.getLast());
            } else {
                checkNeverServed(as, fate, facts);
            }
        }

        private static void checkNeverServed(String as, Told fate, List<RequestFact> facts) {
            var last = facts.isEmpty() ? null : facts.getLast();
            if (last instanceof Aborted aborted) {
                assertThat(facts).as(as).hasSize(2);
                assertThat(facts.getFirst()).as(as).isInstanceOf(Started.class);
                // Told no, and killed before the journal could say so on the disk.
                assertThat(!aborted.settlement().charged() || fate.callAttempted).as(as).isTrue();
            } else if (last != null) {
                assertThat(facts).as(as).hasSize(1);
                assertThat(last).as(as).isInstanceOf(Refused.class);
            }
        }

        private static void checkEnd(String as, int n, Told fate, String stream, RequestFact end) {
            switch (end) {
                case Settled settled -> {
                    assertThat(fate.endAttempted).as(as).isTrue();
                    assertThat(settled).as(as).isEqualTo(Facts.settled(n));
                }
                case Aborted aborted -> {
                    assertThat(fate.endConfirmed).as(as).isFalse();
                    assertThat(aborted.startedBy()).as(as).isEqualTo(stream);
                    assertThat(aborted.call()).as(as).isEqualTo(Facts.call(n));
                    if (fate.called) {
                        assertThat(aborted.settlement().charged()).as(as).isTrue();
                        assertThat(aborted.settlement().usage().inputTokens()).as(as).isEqualTo(40);
                        assertThat(aborted.settlement().usage().outputTokens())
                                .as(as)
                                .isLessThanOrEqualTo(fate.progress);
                    }
                }
                case Started _, Refused _ -> throw new AssertionError(as);
            }
        }
    }
}
