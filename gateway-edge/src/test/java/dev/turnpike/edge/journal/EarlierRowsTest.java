package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A directory as earlier versions left it: a row for each record, and for each open request. */
class EarlierRowsTest {
    private static final RecordCodec<RequestRecord> CODEC =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);

    private final ManualClock clock = new ManualClock(Facts.NOON);
    private final MemoryStore store = new MemoryStore();

    private Journal open() {
        var settings = new JournalSettings(Path.of("unused"), Optional.empty(), 1L << 20, false);
        return Journal.open(store, () -> {}, settings, CODEC, clock, () -> "another");
    }

    private static byte[] encoded(RequestFact fact) {
        return CODEC.encode(new RequestRecord("edge/4", 1, fact));
    }

    private static JournalBatch putRecord(JournalBatch batch, long position, RequestFact fact) {
        var key = fact.call().caller().rootGroupId().value().getBytes(StandardCharsets.UTF_8);
        var value = encoded(fact);
        var row = ByteBuffer.allocate(Long.BYTES + 2 * Short.BYTES + key.length + value.length);
        row.putLong(Facts.NOON.toEpochMilli()).putShort((short) 3).putShort((short) key.length);
        return batch.put(Table.RECORDS, number(position), row.put(key).put(value).array());
    }

    private static void putOpen(JournalBatch batch, int n, char letter, byte[] value) {
        var key = (Facts.id(n).value() + letter).getBytes(StandardCharsets.US_ASCII);
        batch.put(Table.OPEN, key, value);
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    /** Five records, the first acknowledged; of four requests the first has ended. */
    @BeforeEach
    void leave() {
        var batch = new JournalBatch();
        batch.put(Table.META, text("edge"), text("edge"));
        batch.put(Table.META, text("incarnation"), number(4));
        var acknowledged = ByteBuffer.allocate((1 + Topics.PARTITIONS) * Long.BYTES);
        batch.put(Table.META, text("acknowledged"), acknowledged.putLong(0, 1).array());
        putRecord(batch, 1, Facts.started(1));
        putRecord(batch, 2, Facts.started(2));
        putRecord(batch, 3, Facts.settled(1));
        putRecord(batch, 4, Facts.started(3));
        putRecord(batch, 5, Facts.started(4));
        var called = new Unfinished.Called(Facts.NOON, Provider.DEMO, "demo-1").toBytes();
        var opened = ByteBuffer.allocate(Long.BYTES + called.length);
        putOpen(batch, 2, 'o', opened.putLong(2).put(called).array());
        putOpen(batch, 2, 'p', new Unfinished.Progress(Facts.NOON, 77).toBytes());
        putOpen(batch, 3, 'o', number(4));
        putOpen(batch, 4, 's', encoded(Facts.started(4)));
        putOpen(batch, 4, 'c', called);
        store.write(batch);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static List<RequestFact> facts(Journal journal) {
        return journal.read(1, 1_000, Long.MAX_VALUE).stream()
                .map(record -> CODEC.decode(record.value()).fact())
                .toList();
    }

    @Test
    void whatWasOpenIsEndedAndTheRestIsReadAsItWas() {
        var journal = open();
        assertThat(journal.stream()).isEqualTo("edge/5");
        var facts = facts(journal);
        assertThat(facts.subList(0, 5))
                .containsExactly(
                        Facts.started(1),
                        Facts.started(2),
                        Facts.settled(1),
                        Facts.started(3),
                        Facts.started(4));
        assertThat(journal.read(2, 1, 1).getFirst().partition()).isEqualTo(3);
        var ends = facts.subList(5, 8).stream().map(Aborted.class::cast).toList();
        assertThat(facts).hasSize(8);
        assertThat(ends)
                .extracting(end -> end.call().requestId())
                .containsExactly(Facts.id(4), Facts.id(2), Facts.id(3));
        assertThat(ends)
                .extracting(end -> end.settlement().charged())
                .containsExactly(true, true, false);
        assertThat(ends.get(1).settlement().usage().outputTokens()).isEqualTo(77);
        assertThat(ends).extracting(Aborted::startedBy).containsOnly("edge/4");
        assertThat(store.rows(Table.OPEN)).isZero();
        assertThat(journal.status().unacknowledged()).isEqualTo(7);
    }

    @Test
    void itGoesOnInRowsOfThisVersionAndForgetsBothKinds() {
        var journal = open();
        journal.started(Facts.started(5));
        journal.terminal(Facts.settled(5));
        journal.started(Facts.started(6));
        var again = open();
        assertThat(facts(again)).hasSize(12);
        assertThat(facts(again).getLast().call().requestId()).isEqualTo(Facts.id(6));
        again.acknowledge(again.end() - 2, 1, new long[Topics.PARTITIONS]);
        clock.advance(Acknowledged.SAVE_EVERY);
        again.upkeep();
        clock.advance(Acknowledged.KEEP);
        again.acknowledge(again.end() - 1, 1, new long[Topics.PARTITIONS]);
        again.upkeep();
        assertThat(store.rows(Table.RECORDS)).isEqualTo(1);
        assertThat(facts(open())).hasSize(1);
    }
}
