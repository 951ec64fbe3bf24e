package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.edge.journal.MemoryStore.Fault;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.UsageSource;
import dev.turnpike.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final RecordCodec<RequestRecord> CODEC =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);

    private final ManualClock clock = new ManualClock(Facts.NOON);
    private final MemoryStore store = new MemoryStore();

    private Journal open(long bytesMax) {
        return Journal.open(
                store,
                () -> {},
                new JournalSettings(Path.of("unused"), Optional.empty(), bytesMax, false),
                CODEC,
                clock,
                () -> "edge");
    }

    private Journal open() {
        return open(1L << 20);
    }

    private static List<RequestFact> facts(Journal journal) {
        return journal.read(1, 1_000, Long.MAX_VALUE).stream()
                .map(record -> CODEC.decode(record.value()).fact())
                .toList();
    }

    private static Aborted lastAborted(Journal journal) {
        return (Aborted) facts(journal).getLast();
    }

    @Test
    void whoNeverCalledIsChargedNothing() {
        var dead = open();
        dead.started(Facts.started(1));
        var aborted = lastAborted(open());
        assertThat(aborted.startedBy()).isEqualTo(dead.stream());
        assertThat(aborted.settlement().outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(aborted.settlement().charged()).isFalse();
        assertThat(aborted.settlement().usage().total()).isZero();
        assertThat(aborted.charges()).extracting(Charge::actual).containsExactly(1L, 0L);
        assertThat(aborted.call().requestMetadata()).containsEntry("order", "n1");
    }

    @Test
    void whoCalledIsChargedThePromptAndTheOutputSeen() {
        var dead = open();
        dead.started(Facts.started(1));
        clock.advance(Duration.ofSeconds(1));
        dead.called(Facts.id(1), Provider.DEMO, "demo-1");
        clock.advance(Duration.ofSeconds(2));
        dead.progress(Facts.id(1), 100);
        clock.advance(Duration.ofMillis(1));
        dead.progress(Facts.id(1), 120); // Too soon and too little to be written.
        var settlement = lastAborted(open()).settlement();
        assertThat(settlement.charged()).isTrue();
        assertThat(settlement.usageSource()).isEqualTo(UsageSource.ESTIMATED);
        assertThat(settlement.usage().inputTokens()).isEqualTo(40);
        assertThat(settlement.usage().outputTokens()).isEqualTo(100);
        assertThat(settlement.provider()).isEqualTo(Provider.DEMO);
        assertThat(settlement.targetModel()).isEqualTo("demo-1");
        assertThat(settlement.latencyMs()).isEqualTo(3_000);
    }

    @Test
    void aRequestEndsOnce() {
        var journal = open();
        journal.started(Facts.started(1));
        assertThatThrownBy(() -> journal.started(Facts.started(1)))
                .isInstanceOf(IllegalStateException.class);
        journal.terminal(Facts.settled(1));
        assertThatThrownBy(() -> journal.terminal(Facts.settled(1)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> journal.terminal(Facts.settled(2)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> journal.started(Facts.started(1)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(journal.status().open()).isZero();
    }

    @Test
    void aFullJournalStartsNothingButEndsWhatRuns() {
        var journal = open(1_000);
        int n = 1;
        while (journal.status().healthy()) {
            journal.started(Facts.started(n++));
        }
        int next = n;
        assertThatThrownBy(() -> journal.started(Facts.started(next)))
                .isInstanceOf(JournalUnavailableException.class);
        assertThatThrownBy(() -> journal.terminal(Facts.refused(next)))
                .isInstanceOf(JournalUnavailableException.class);
        assertThat(journal.terminal(Facts.settled(1)).position()).isEqualTo(next);
        journal.acknowledge(next, 1_000_000, journal.acknowledgedOffsets());
        journal.started(Facts.started(next));
    }

    @Test
    void aFailedDiskRefusesAndOwesUntilAWriteWorks() {
        var journal = open();
        journal.started(Facts.started(1));
        store.failNext(Fault.LOST);
        assertThatThrownBy(() -> journal.terminal(Facts.settled(1)))
                .isInstanceOf(JournalUnavailableException.class);
        assertThat(journal.status().healthy()).isFalse();
        assertThatThrownBy(() -> journal.started(Facts.started(2)))
                .isInstanceOf(JournalUnavailableException.class);
        store.repairable(false);
        clock.advance(JournalState.REPAIR_EVERY);
        journal.upkeep();
        assertThat(journal.status().healthy()).isFalse();
        store.repairable(true);
        clock.advance(JournalState.REPAIR_EVERY);
        journal.upkeep();
        assertThat(journal.status().healthy()).isTrue();
        assertThat(facts(journal)).containsExactly(Facts.started(1), Facts.settled(1));
        journal.started(Facts.started(2));
    }

    /** The shipper looks after the journal ten times a second, and much waits to be saved. */
    @Test
    void aFailedDiskIsRepairedWhileAcknowledgementsAreUnsaved() {
        var journal = open();
        journal.started(Facts.started(1));
        journal.acknowledge(1, 100, journal.acknowledgedOffsets());
        clock.advance(Duration.ofMillis(500));
        store.failNext(Fault.LOST);
        assertThatThrownBy(() -> journal.terminal(Facts.settled(1)))
                .isInstanceOf(JournalUnavailableException.class);
        for (int i = 0; i < 30; i++) {
            clock.advance(Duration.ofMillis(100));
            journal.upkeep();
        }
        assertThat(journal.status().healthy()).isTrue();
        assertThat(facts(journal)).containsExactly(Facts.started(1), Facts.settled(1));
    }

    @Test
    void closingTriesAFailedDiskOnceMoreForWhatIsOwed() {
        var journal = open();
        journal.started(Facts.started(1));
        store.failNext(Fault.LOST);
        assertThatThrownBy(() -> journal.terminal(Facts.settled(1)))
                .isInstanceOf(JournalUnavailableException.class);
        journal.close();
        assertThat(facts(open())).containsExactly(Facts.started(1), Facts.settled(1));
    }

    @Test
    void anEndForWhichThereWasNoMemoryIsOwed() {
        var journal = open();
        journal.started(Facts.started(1));
        store.failNext(Fault.NO_MEMORY);
        assertThatThrownBy(() -> journal.terminal(Facts.settled(1)))
                .isInstanceOf(OutOfMemoryError.class);
        clock.advance(JournalState.REPAIR_EVERY);
        journal.upkeep();
        journal.started(Facts.started(2));
        journal.terminal(Facts.settled(2));
        assertThat(facts(journal))
                .containsExactly(
                        Facts.started(1), Facts.settled(1), Facts.started(2), Facts.settled(2));
        assertThat(journal.status().open()).isZero();
    }

    @Test
    void aStartForWhichThereWasNoMemoryIsNotWrittenWithTheNext() {
        var journal = open();
        store.failNext(Fault.NO_MEMORY);
        assertThatThrownBy(() -> journal.started(Facts.started(1), Provider.DEMO, "demo-1"))
                .isInstanceOf(OutOfMemoryError.class);
        clock.advance(JournalState.REPAIR_EVERY);
        journal.upkeep();
        journal.started(Facts.started(2));
        journal.terminal(Facts.settled(2));
        assertThat(facts(journal)).containsExactly(Facts.started(2), Facts.settled(2));
    }

    @Test
    void aGroupForWhichThereWasNoMemoryEndsEachRequestOnce() {
        var state = new JournalState(store, CODEC, clock, 1L << 20, 100, "edge/1");
        state.apply(
                List.of(
                        new Change(new Step.Start(Facts.started(1), null)),
                        new Change(new Step.Start(Facts.started(2), null))));
        state.apply(List.of(new Change(new Step.Settle(Facts.settled(2)))));
        var one = new Change(new Step.Settle(Facts.settled(1)));
        var again = new Change(new Step.Settle(Facts.settled(1)));
        var ended = new Change(new Step.Settle(Facts.settled(2)));
        store.failNext(Fault.NO_MEMORY);
        assertThatThrownBy(() -> state.apply(List.of(one, again, ended)))
                .isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(one::result).isInstanceOf(JournalUnavailableException.class);
        assertThatThrownBy(again::result).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(ended::result).isInstanceOf(IllegalStateException.class);
        clock.advance(JournalState.REPAIR_EVERY);
        state.upkeep();
        assertThat(state.log().read(1, 10, Long.MAX_VALUE)).hasSize(4);
        assertThat(state.status().open()).isZero();
    }

    @Test
    void aRequestCannotEndTwiceInOneWrite() {
        var state = new JournalState(store, CODEC, clock, 1L << 20, 100, "edge/1");
        state.apply(List.of(new Change(new Step.Start(Facts.started(1), null))));
        var once = new Change(new Step.Settle(Facts.settled(1)));
        var again = new Change(new Step.Settle(Facts.settled(1)));
        state.apply(List.of(once, again));
        assertThat(once.result()).hasToString("edge/1:2");
        assertThatThrownBy(again::result).isInstanceOf(IllegalStateException.class);
        assertThat(state.log().read(1, 10, Long.MAX_VALUE)).hasSize(2);
    }

    @Test
    void anEndThatIsThereOutweighsARowThatSaysTheRequestIsOpen() {
        var journal = open();
        journal.started(Facts.started(1));
        journal.terminal(Facts.settled(1));
        var key = Facts.started(1).call().requestId().value() + (char) OpenTable.OPENED;
        var position = ByteBuffer.allocate(Long.BYTES).putLong(1).array();
        store.write(
                new JournalBatch()
                        .put(Table.OPEN, key.getBytes(StandardCharsets.US_ASCII), position));
        assertThat(facts(open())).containsExactly(Facts.started(1), Facts.settled(1));
        assertThat(store.rows(Table.OPEN)).isZero();
    }

    @Test
    void everyStartIsAStreamOfItsOwnAndPositionsGoOn() {
        var first = open();
        first.terminal(Facts.refused(1));
        first.close();
        var second = open();
        assertThat(second.stream()).startsWith("edge/").isNotEqualTo(first.stream());
        var receipt = second.terminal(Facts.refused(2));
        assertThat(receipt).hasToString(second.stream() + ":2");
    }
}
