package dev.turnpike.edge.journal;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the journal does, one step at a time: each writes its batch first and believes it only then.
 * After a failed write nothing is written until the store has been opened again. Guarded by the
 * journal's lock.
 */
final class JournalState {
    /** Time between attempts to get a failed disk to work again. */
    static final Duration REPAIR_EVERY = Duration.ofSeconds(1);

    private final JournalStore store;
    private final RecordCodec<RequestRecord> codec;
    private final InstantSource clock;
    private final long bytesMax;
    private final RecordLog log;
    private final LiveRequests requests = new LiveRequests();

    /** Found behind a write that had failed, and to be ended: bounded by what one write holds. */
    private final Deque<Started> unserved = new ArrayDeque<>();

    private @Nullable Instant failedAt;

    JournalState(
            JournalStore store,
            RecordCodec<RequestRecord> codec,
            InstantSource clock,
            long bytesMax,
            String stream) {
        this.store = store;
        this.codec = codec;
        this.clock = clock;
        this.bytesMax = bytesMax;
        this.log = new RecordLog(store, codec, clock, stream);
    }

    RecordLog log() {
        return log;
    }

    /** Ends what an earlier process left open. */
    void endUnfinished() {
        for (var first = OpenTable.first(store, codec);
                first.isPresent();
                first = OpenTable.first(store, codec)) {
            var batch = first.get().removal();
            first.get().unfinished().ifPresent(u -> log.stage(batch, u.aborted()));
            store.write(batch);
            log.count();
        }
    }

    /**
     * Writes what can be written of {@code group} at once and tells each member how it went. No
     * request has two changes in it.
     */
    void apply(List<Change> group) {
        var batch = new JournalBatch();
        var written = new ArrayList<Change>(group.size());
        for (var change : group) {
            int changes = batch.changes().size();
            int records = log.staged();
            try {
                change.record(stage(batch, change.step()));
                written.add(change);
            } catch (RuntimeException e) {
                // What cannot be written is refused alone, and leaves nothing in the batch.
                batch.keep(changes);
                log.unstage(records);
                change.fail(e);
            }
        }
        if (written.isEmpty()) {
            return;
        }
        try {
            write(batch);
        } catch (JournalUnavailableException e) {
            log.unstage();
            written.forEach(change -> change.fail(e));
            return;
        }
        log.count();
        for (var change : written) {
            complete(change);
            change.succeed(log.stream());
        }
    }

    private @Nullable JournalRecord stage(JournalBatch batch, Step step) {
        return switch (step) {
            case Step.Start(var fact, var called) -> {
                var id = fact.call().requestId();
                requests.requireNew(id);
                requireRoom();
                var record = log.stage(batch, fact);
                OpenTable.putOpened(batch, id, record.position(), called);
                yield record;
            }
            case Step.Call(var id, var called) -> {
                requests.requireRunning(id);
                OpenTable.putCalled(batch, id, called);
                yield null;
            }
            case Step.Settle(var fact) -> {
                requests.requireRunning(fact.call().requestId());
                yield stageEnd(batch, fact);
            }
            case Step.Refuse(var fact) -> {
                requests.requireNew(fact.call().requestId());
                requireRoom();
                yield log.stage(batch, fact);
            }
        };
    }

    private JournalRecord stageEnd(JournalBatch batch, Settled fact) {
        var id = fact.call().requestId();
        var running = requests.running(id);
        var record = log.stage(batch, fact);
        boolean called = running != null && running.hasCalledRow();
        boolean progress = running != null && running.hasProgressRow();
        OpenTable.delete(batch, id, called, progress);
        requests.owe(fact);
        return record;
    }

    private void complete(Change change) {
        switch (change.step()) {
            case Step.Start(var fact, _) ->
                    requests.started(fact.call().requestId(), change.staged());
            case Step.Call(var id, _) -> {
                var running = requests.running(id);
                if (running != null) {
                    running.calledAgain();
                }
            }
            case Step.Settle(var fact) -> requests.ended(fact.call().requestId());
            case Step.Refuse(var fact) -> requests.ended(fact.call().requestId());
        }
    }

    void progress(RequestId id, Unfinished.Progress progress) {
        var running = requests.running(id);
        if (running == null || failedAt != null || !running.progressDue(progress)) {
            return;
        }
        var batch = new JournalBatch();
        OpenTable.putProgress(batch, id, progress);
        store.write(batch);
        running.progressed(progress);
    }

    JournalStatus status() {
        return new JournalStatus(
                failedAt == null && log.waitingBytes() < bytesMax,
                log.waiting(),
                log.waitingBytes(),
                failedAt == null ? log.oldestWaiting() : Optional.empty(),
                requests.size());
    }

    /** The store has failed: nothing more is written before {@link #upkeep} has repaired it. */
    void failed() {
        failedAt = clock.instant();
    }

    void upkeep() {
        var now = clock.instant();
        if (failedAt != null) {
            repair(now);
        }
        log.saveWhenDue(now, requests.oldestStart());
    }

    void save() {
        if (failedAt == null) {
            log.save(clock.instant(), requests.oldestStart());
        }
    }

    void rewind() {
        log.rewind(clock.instant());
    }

    private void write(JournalBatch batch) {
        if (failedAt != null) {
            throw new JournalUnavailableException("the journal cannot be written", null);
        }
        try {
            store.write(batch);
        } catch (JournalStoreException e) {
            failed();
            throw new JournalUnavailableException("the journal cannot be written", e);
        }
    }

    private void repair(Instant now) {
        if (Duration.between(failedAt, now).abs().compareTo(REPAIR_EVERY) < 0) {
            return;
        }
        store.reopen();
        adoptUnexpected();
        failedAt = null;
        for (var fact : requests.owed()) {
            writeOwed(fact);
        }
    }

    private void writeOwed(Settled fact) {
        var batch = new JournalBatch();
        stageEnd(batch, fact);
        writeStaged(batch);
        requests.ended(fact.call().requestId());
    }

    /**
     * A write that failed may be there all the same; whoever asked for it was told it is not. All
     * of it is taken in before anything is written behind it.
     */
    private void adoptUnexpected() {
        for (var record : log.unexpected()) {
            log.adopt(record);
            switch (log.fact(record)) {
                case Started started -> {
                    requests.started(started.call().requestId(), record);
                    unserved.add(started);
                }
                case RequestFact terminal -> {
                    var id = terminal.call().requestId();
                    requests.ended(id);
                    unserved.removeIf(started -> started.call().requestId().equals(id));
                }
            }
        }
        while (!unserved.isEmpty()) {
            abort(unserved.getFirst());
            unserved.removeFirst();
        }
    }

    private void abort(Started started) {
        var batch = new JournalBatch();
        var id = started.call().requestId();
        OpenTable.delete(batch, id, false, false);
        log.stage(batch, new Unfinished(log.stream(), started, null, null).aborted());
        writeStaged(batch);
        requests.ended(id);
    }

    /** As {@link #write}, and counts what is staged if it was written. */
    private void writeStaged(JournalBatch batch) {
        boolean written = false;
        try {
            store.write(batch);
            log.count();
            written = true;
        } finally {
            if (!written) {
                log.unstage();
            }
        }
    }

    private void requireRoom() {
        if (log.waitingBytes() >= bytesMax) {
            throw new JournalUnavailableException(
                    "the journal is full of records that Kafka does not have", null);
        }
    }
}
