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
            var record = first.get().unfinished().map(u -> log.stage(batch, u.aborted()));
            store.write(batch);
            record.ifPresent(log::count);
        }
    }

    void start(Started fact, Unfinished.@Nullable Called called) {
        var id = fact.call().requestId();
        requests.requireNew(id);
        requireRoom();
        var batch = new JournalBatch();
        var record = log.stage(batch, fact);
        OpenTable.putStarted(batch, id, record.value());
        if (called != null) {
            OpenTable.putCalled(batch, id, called);
        }
        write(batch);
        log.count(record);
        requests.started(id, record.writtenAt());
    }

    void call(RequestId id, Unfinished.Called called) {
        requests.requireRunning(id);
        var batch = new JournalBatch();
        OpenTable.putCalled(batch, id, called);
        write(batch);
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

    Receipt settle(Settled fact) {
        requests.requireRunning(fact.call().requestId());
        return end(fact);
    }

    Receipt refuse(RequestFact.Refused fact) {
        requests.requireNew(fact.call().requestId());
        requireRoom();
        return end(fact);
    }

    private Receipt end(RequestFact fact) {
        var id = fact.call().requestId();
        var batch = new JournalBatch();
        var record = log.stage(batch, fact);
        if (fact instanceof Settled) {
            OpenTable.delete(batch, id);
            requests.owe(fact);
        }
        write(batch);
        log.count(record);
        requests.ended(id);
        return new Receipt(log.stream(), record.position());
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
        log.saveWhenDue(now);
    }

    void save() {
        if (failedAt == null) {
            log.save(clock.instant());
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
        requests.owed().forEach(this::end);
    }

    /** A write that failed may be there all the same; whoever asked for it was told it is not. */
    private void adoptUnexpected() {
        for (var record : log.unexpected()) {
            log.count(record);
            switch (log.fact(record)) {
                case Started started -> abort(started);
                case RequestFact terminal -> requests.ended(terminal.call().requestId());
            }
        }
    }

    private void abort(Started started) {
        var batch = new JournalBatch();
        var id = started.call().requestId();
        OpenTable.delete(batch, id);
        var unserved = new Unfinished(log.stream(), started, null, null).aborted();
        var record = log.stage(batch, unserved);
        store.write(batch);
        log.count(record);
        requests.ended(id);
    }

    private void requireRoom() {
        if (log.waitingBytes() >= bytesMax) {
            throw new JournalUnavailableException(
                    "the journal is full of records that Kafka does not have", null);
        }
    }
}
