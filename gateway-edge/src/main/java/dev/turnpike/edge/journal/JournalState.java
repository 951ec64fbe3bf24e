package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.LiveRequests.Running;
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
import java.util.Objects;
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
    private final OpenTable open;
    private final long readMax;
    private final LiveRequests requests = new LiveRequests();

    /** Found behind a write that had failed, and to be ended: bounded by what one write holds. */
    private final Deque<Started> unserved = new ArrayDeque<>();

    private @Nullable Instant failedAt;

    /**
     * @param readMax records that the next start may read to find what is open, and those of about
     *     a second more
     */
    JournalState(
            JournalStore store,
            RecordCodec<RequestRecord> codec,
            InstantSource clock,
            long bytesMax,
            long readMax,
            String stream) {
        this.store = store;
        this.codec = codec;
        this.clock = clock;
        this.bytesMax = bytesMax;
        this.readMax = readMax;
        this.log = new RecordLog(store, codec, clock, stream);
        this.open = new OpenTable(store, log.next());
    }

    RecordLog log() {
        return log;
    }

    /** Ends what an earlier process left open. */
    void endUnfinished() {
        var left = new LeftOpen(store, codec, log, open.readFrom());
        for (var request : left.requests()) {
            var unfinished = request.unfinished();
            var batch = new JournalBatch();
            log.stage(unfinished.aborted(), new Mark.End(request.position()));
            log.seal(batch);
            OpenTable.deleteAll(batch, unfinished.started().call().requestId());
            store.write(batch);
            log.count();
        }
        var removal = left.removal();
        if (!removal.changes().isEmpty()) {
            store.write(removal);
        }
    }

    /**
     * Writes what can be written of {@code group} at once and tells each member how it went. A
     * second change of one request is refused.
     */
    void apply(List<Change> group) {
        var written = new ArrayList<Change>(group.size());
        boolean known = false;
        boolean durable;
        try {
            durable = writeGroup(group, written);
            known = true;
        } finally {
            if (!known) {
                broke(group);
            }
        }
        if (durable) {
            log.count();
            for (var change : written) {
                complete(change);
                change.succeed(log.stream());
            }
        }
    }

    /** Whether something was written: it is what was put into {@code written}. */
    private boolean writeGroup(List<Change> group, List<Change> written) {
        var batch = new JournalBatch();
        for (var change : group) {
            int changes = batch.changes().size();
            int records = log.staged();
            try {
                requireAlone(change.step().id(), written);
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
            return false;
        }
        log.seal(batch);
        try {
            write(batch);
            return true;
        } catch (JournalUnavailableException e) {
            log.unstage();
            written.forEach(change -> fail(change, e));
            return false;
        }
    }

    /**
     * There was no memory for it, say. It is as after a write that failed: what is there all the
     * same is found out by {@link #upkeep}, and whatever has ended is owed.
     */
    private void broke(List<Change> group) {
        failed();
        log.unstage();
        for (var change : group) {
            if (!change.done()) {
                fail(change, new JournalUnavailableException("the journal broke", null));
            }
        }
    }

    /** Groups are small: looking through one is less than a set of its requests. */
    private static void requireAlone(RequestId id, List<Change> group) {
        for (int i = 0; i < group.size(); i++) {
            if (group.get(i).step().id().equals(id)) {
                throw new IllegalStateException(id + " is used by two threads");
            }
        }
    }

    private void fail(Change change, JournalUnavailableException cause) {
        if (change.step() instanceof Step.Settle(var fact)) {
            requests.owe(fact);
        }
        change.fail(cause);
    }

    private @Nullable JournalRecord stage(JournalBatch batch, Step step) {
        return switch (step) {
            case Step.Start(var fact, var called) -> {
                requests.requireNew(fact.call().requestId());
                requireRoom();
                yield log.stage(fact, new Mark.Start(called));
            }
            case Step.Call(var id, var called) -> {
                requests.requireRunning(id).calledAgain();
                OpenTable.putCalled(batch, id, called);
                yield null;
            }
            case Step.Settle(var fact) ->
                    stageEnd(batch, fact, requests.requireRunning(fact.call().requestId()));
            case Step.Refuse(var fact) -> {
                requests.requireNew(fact.call().requestId());
                requireRoom();
                yield log.stage(fact, Mark.None.INSTANCE);
            }
        };
    }

    private JournalRecord stageEnd(JournalBatch batch, Settled fact, Running running) {
        var record = log.stage(fact, new Mark.End(running.position()));
        open.delete(batch, running);
        return record;
    }

    private void complete(Change change) {
        switch (change.step()) {
            case Step.Start(var fact, var called) ->
                    requests.started(fact.call().requestId(), change.staged(), called);
            case Step.Call _ -> {
                // Its row was noted before it was written.
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
        running.progressTried();
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
        if (failedAt == null && log.saveDue(now)) {
            save(now, log.next() - readMax);
        }
    }

    /** Before the store is closed: the next start has nothing to read. */
    void save() {
        if (failedAt != null) {
            repair();
        }
        save(clock.instant(), log.next());
    }

    private void save(Instant now, long readFrom) {
        var batch = new JournalBatch();
        long from = open.move(batch, readFrom, requests);
        log.save(batch, now, requests.oldestStart());
        open.moved(from);
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
        if (Duration.between(failedAt, now).abs().compareTo(REPAIR_EVERY) >= 0) {
            repair();
        }
    }

    private void repair() {
        store.reopen();
        adoptUnexpected();
        failedAt = null;
        for (var fact : requests.owed()) {
            writeOwed(fact);
        }
    }

    private void writeOwed(Settled fact) {
        var batch = new JournalBatch();
        var running = Objects.requireNonNull(requests.running(fact.call().requestId()));
        stageEnd(batch, fact, running);
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
                    requests.started(started.call().requestId(), record, null);
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
        var running = Objects.requireNonNull(requests.running(id));
        var end = new Unfinished(log.stream(), started, null, null).aborted();
        log.stage(end, new Mark.End(running.position()));
        open.delete(batch, running);
        writeStaged(batch);
        requests.ended(id);
    }

    /** As {@link #write}, and counts what is staged if it was written. */
    private void writeStaged(JournalBatch batch) {
        boolean written = false;
        log.seal(batch);
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
