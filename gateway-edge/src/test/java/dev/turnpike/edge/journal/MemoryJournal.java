package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.MemoryStore.Fault;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.testkit.ManualClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A journal in memory, for tests of those who write to it. */
public final class MemoryJournal {
    private static final RecordCodec<RequestRecord> CODEC =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);

    private final MemoryStore store = new MemoryStore();
    private final ManualClock clock;
    private Journal journal;

    public MemoryJournal(ManualClock clock) {
        this.clock = clock;
        this.journal = open();
    }

    private Journal open() {
        var settings = new JournalSettings(Path.of("unused"), Optional.empty(), 1L << 20, false);
        return Journal.open(store, () -> {}, settings, CODEC, clock, () -> "edge");
    }

    public Journal journal() {
        return journal;
    }

    /** Everything written so far, in order. */
    public List<RequestFact> facts() {
        return journal.read(1, 1_000, Long.MAX_VALUE).stream()
                .map(record -> CODEC.decode(record.value()).fact())
                .toList();
    }

    /** The next write fails as on a full disk, and those after it until {@link #repair}. */
    public void failNextWrite() {
        store.failNext(Fault.LOST);
    }

    /** There is room again. */
    public void repair() {
        clock.advance(JournalState.REPAIR_EVERY);
        journal.upkeep();
    }

    /** The process dies and starts again. */
    public void kill() {
        journal = open();
    }
}
