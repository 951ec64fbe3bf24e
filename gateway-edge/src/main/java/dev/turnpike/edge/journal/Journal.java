package dev.turnpike.edge.journal;

import dev.turnpike.edge.journal.JournalStore.Table;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What became true of each request, durable on this machine before anybody acts on it, in the order
 * in which Kafka will get it. A request has one {@code Started} and exactly one terminal record, or
 * one {@code Refused} alone, whatever happens to this process. Thread-safe.
 */
public final class Journal implements AutoCloseable {
    /** Output tokens after which progress is written again. */
    public static final long PROGRESS_TOKENS = 256;

    /** Time after which progress is written again. */
    public static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);

    /** Time between attempts to get a failed disk to work again. */
    static final Duration REPAIR_EVERY = Duration.ofSeconds(1);

    /** Ended requests remembered, to notice when one is ended or started twice. */
    static final int ENDED_MAX = 4_096;

    private final ReentrantLock lock = new ReentrantLock();
    private final RecordCodec<RequestRecord> codec;
    private final JournalStore store;
    private final InstantSource clock;
    private final Runnable releaseDirectory;
    private final long bytesMax;
    private final String stream;
    private final Acknowledged acknowledged;
    private final long[] sequences = new long[Topics.PARTITIONS];
    private final RecentRecords recent = new RecentRecords();
    private final Map<RequestId, Open> open = new HashMap<>();
    private final Map<RequestId, RequestFact> owed = new LinkedHashMap<>();
    private final Map<RequestId, Boolean> ended =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<RequestId, Boolean> eldest) {
                    return size() > ENDED_MAX;
                }
            };
    private long next;
    private long waitingBytes;
    private @Nullable Instant failedAt;
    private volatile Runnable onAppend = () -> {};

    /** A running request, and what was last written of its progress. */
    private static final class Open {
        private Instant progressAt;
        private long progressTokens;

        Open(Instant startedAt) {
            progressAt = startedAt;
        }
    }

    private Journal(
            JournalStore store,
            Runnable releaseDirectory,
            JournalSettings settings,
            RecordCodec<RequestRecord> codec,
            InstantSource clock,
            Supplier<String> newEdgeId) {
        this.store = store;
        this.codec = codec;
        this.releaseDirectory = releaseDirectory;
        this.clock = clock;
        this.bytesMax = settings.bytesMax();
        this.stream = StreamIdentity.next(store, settings.edgeId(), newEdgeId, clock.instant());
        this.acknowledged = new Acknowledged(store, clock.instant());
        var last = store.lastKey(Table.RECORDS);
        this.next =
                1
                        + Math.max(
                                last == null ? 0 : JournalRecord.position(last),
                                acknowledged.position());
        this.waitingBytes = bytesFrom(acknowledged.position() + 1);
    }

    /**
     * Opens the journal in its directory under a stream of its own, and ends what an earlier
     * process left open with the best estimate.
     *
     * @param newEdgeId asked once, for a directory that has no edge id yet
     * @throws IllegalStateException if another process has this journal
     * @throws JournalUnavailableException if the disk does not let it
     */
    public static Journal open(
            JournalSettings settings, InstantSource clock, Supplier<String> newEdgeId) {
        var codec = RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
        return open(settings, codec, clock, newEdgeId);
    }

    /** As above, with a codec that knows the schema ids of an external registry. */
    public static Journal open(
            JournalSettings settings,
            RecordCodec<RequestRecord> codec,
            InstantSource clock,
            Supplier<String> newEdgeId) {
        var directory = DirectoryLock.take(settings.directory());
        boolean opened = false;
        try {
            var store = new RocksStore(settings.directory().resolve("db"), settings.sync());
            var journal = open(store, directory::close, settings, codec, clock, newEdgeId);
            opened = true;
            return journal;
        } catch (JournalStoreException e) {
            throw new JournalUnavailableException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!opened) {
                directory.close();
            }
        }
    }

    /** As above, on any store; {@code releaseDirectory} runs when the journal is closed. */
    static Journal open(
            JournalStore store,
            Runnable releaseDirectory,
            JournalSettings settings,
            RecordCodec<RequestRecord> codec,
            InstantSource clock,
            Supplier<String> newEdgeId) {
        boolean opened = false;
        try {
            var journal = new Journal(store, releaseDirectory, settings, codec, clock, newEdgeId);
            journal.endUnfinished();
            opened = true;
            return journal;
        } finally {
            if (!opened) {
                store.close();
            }
        }
    }

    private void endUnfinished() {
        lock.lock();
        try {
            for (var first = OpenTable.first(store, codec);
                    first.isPresent();
                    first = OpenTable.first(store, codec)) {
                var batch = first.get().removal();
                var record = first.get().unfinished().map(u -> stage(batch, u.aborted()));
                store.write(batch);
                record.ifPresent(this::count);
            }
        } finally {
            lock.unlock();
        }
    }

    /** This start's stream id, {@code edge/incarnation}. */
    public String stream() {
        return stream;
    }

    /**
     * Makes it durable that a request was admitted.
     *
     * @throws JournalUnavailableException if it could not be, or the journal is full of records
     *     that Kafka does not have; the request must not be served
     * @throws IllegalStateException if the request has started or ended before
     */
    public void started(Started fact) {
        start(fact, null);
    }

    /**
     * As {@link #started(Started)} and {@link #called} at once, in one write.
     *
     * @throws JournalUnavailableException as above; the upstream must not be called
     * @throws IllegalStateException as above
     */
    public void started(Started fact, Provider provider, String targetModel) {
        start(fact, new Unfinished.Called(clock.instant(), provider, targetModel));
    }

    private void start(Started fact, Unfinished.@Nullable Called called) {
        var id = fact.call().requestId();
        lock.lock();
        try {
            requireNew(id);
            requireRoom();
            var batch = new JournalBatch();
            var record = stage(batch, fact);
            OpenTable.putStarted(batch, id, record.value());
            if (called != null) {
                OpenTable.putCalled(batch, id, called);
            }
            write(batch);
            count(record);
            open.put(id, new Open(record.writtenAt()));
        } finally {
            lock.unlock();
        }
        onAppend.run();
    }

    /**
     * Makes it durable that the upstream is about to be called, so that a crash from here on is
     * charged.
     *
     * @throws JournalUnavailableException if it could not be; the upstream must not be called
     * @throws IllegalStateException if the request is not running
     */
    public void called(RequestId id, Provider provider, String targetModel) {
        lock.lock();
        try {
            requireOpen(id);
            var batch = new JournalBatch();
            OpenTable.putCalled(
                    batch, id, new Unfinished.Called(clock.instant(), provider, targetModel));
            write(batch);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes the output tokens seen so far. Written at most every {@link #PROGRESS_EVERY} or {@value
     * #PROGRESS_TOKENS} tokens; a failing disk is left for the terminal record to report.
     */
    public void progress(RequestId id, long outputTokens) {
        lock.lock();
        try {
            var running = open.get(id);
            var now = clock.instant();
            if (running == null || failedAt != null || !progressDue(running, outputTokens, now)) {
                return;
            }
            var batch = new JournalBatch();
            OpenTable.putProgress(batch, id, new Unfinished.Progress(now, outputTokens));
            store.write(batch);
            running.progressAt = now;
            running.progressTokens = outputTokens;
        } catch (JournalStoreException e) {
            failedAt = clock.instant();
        } finally {
            lock.unlock();
        }
    }

    private static boolean progressDue(Open running, long tokens, Instant now) {
        return tokens - running.progressTokens >= PROGRESS_TOKENS
                || (tokens > running.progressTokens
                        && Duration.between(running.progressAt, now).abs().compareTo(PROGRESS_EVERY)
                                >= 0);
    }

    /**
     * Makes durable how a request ended. To be called before its last byte goes out.
     *
     * @param fact settled, or refused without a start
     * @throws JournalUnavailableException if it could not be. A settled fact is kept in memory and
     *     written as soon as the disk works again: do not repeat the call
     * @throws IllegalStateException if the request did not start, or has ended before
     */
    public Receipt terminal(RequestFact fact) {
        var id = fact.call().requestId();
        Receipt receipt;
        lock.lock();
        try {
            switch (fact) {
                case Settled _ -> requireOpen(id);
                case Refused _ -> {
                    requireNew(id);
                    requireRoom();
                }
                case Started _, Aborted _ ->
                        throw new IllegalStateException("not a terminal of a living edge");
            }
            receipt = end(fact);
        } finally {
            lock.unlock();
        }
        onAppend.run();
        return receipt;
    }

    private Receipt end(RequestFact fact) {
        var id = fact.call().requestId();
        var batch = new JournalBatch();
        var record = stage(batch, fact);
        if (fact instanceof Settled) {
            OpenTable.delete(batch, id);
            owed.put(id, fact);
        }
        write(batch);
        count(record);
        forget(id);
        return new Receipt(stream, record.position());
    }

    private void forget(RequestId id) {
        owed.remove(id);
        open.remove(id);
        ended.put(id, true);
    }

    /** How the journal stands now. */
    public JournalStatus status() {
        lock.lock();
        try {
            long position = acknowledged.position();
            Optional<Instant> oldest =
                    failedAt == null && position + 1 < next
                            ? read(position + 1, 1, 1).stream()
                                    .findFirst()
                                    .map(JournalRecord::writtenAt)
                            : Optional.empty();
            return new JournalStatus(
                    failedAt == null && waitingBytes < bytesMax,
                    next - 1 - position,
                    waitingBytes,
                    oldest,
                    open.size());
        } finally {
            lock.unlock();
        }
    }

    /** To be called when a record was appended; cheap and never blocking. */
    void onAppend(Runnable action) {
        onAppend = action;
    }

    /**
     * Records from {@code position} on, in order.
     *
     * @param bytesMax enough values to pass this many bytes end the answer; one always comes
     */
    List<JournalRecord> read(long position, int max, long bytesMax) {
        lock.lock();
        try {
            var kept = recent.from(position, max, bytesMax);
            if (!kept.isEmpty()) {
                return kept;
            }
        } finally {
            lock.unlock();
        }
        var records = new ArrayList<JournalRecord>();
        long[] bytes = {0};
        store.scan(
                Table.RECORDS,
                JournalRecord.rowKey(position),
                (key, row) -> {
                    records.add(JournalRecord.ofRow(key, row));
                    bytes[0] += row.length;
                    return records.size() < max && bytes[0] < bytesMax;
                });
        return records;
    }

    /** The position that the next record will have. */
    long end() {
        lock.lock();
        try {
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** The last acknowledged position. */
    long acknowledgedPosition() {
        lock.lock();
        try {
            return acknowledged.position();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link Acknowledged#offsets}. */
    long[] acknowledgedOffsets() {
        lock.lock();
        try {
            return acknowledged.offsets();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Kafka has everything up to {@code position}; saved a little later.
     *
     * @param bytes size of what this adds
     * @param offsets last offset in each partition, -1 when unknown
     */
    void acknowledge(long position, long bytes, long[] offsets) {
        lock.lock();
        try {
            acknowledged.advance(position, offsets);
            waitingBytes = Math.max(0, waitingBytes - bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Saves what was acknowledged, and tries to get a failed disk to work. Every second or so. */
    void upkeep() {
        lock.lock();
        try {
            var now = clock.instant();
            if (failedAt != null) {
                repair(now);
            }
            if (acknowledged.saveDue(now)) {
                acknowledged.save(now);
            }
        } catch (JournalStoreException e) {
            failedAt = clock.instant();
        } catch (JournalUnavailableException e) {
            failedAt = clock.instant(); // Still broken; said by status().
        } finally {
            lock.unlock();
        }
    }

    /** Kafka lost records it had acknowledged: everything still kept is to be sent again. */
    void rewind() {
        lock.lock();
        try {
            acknowledged.rewind(clock.instant());
            waitingBytes = bytesFrom(acknowledged.position() + 1);
        } catch (JournalStoreException e) {
            failedAt = clock.instant();
        } finally {
            lock.unlock();
        }
    }

    private JournalRecord stage(JournalBatch batch, RequestFact fact) {
        var key = fact.call().caller().rootGroupId().value();
        int partition = Topics.partition(Topics.REQUESTS, key);
        var value = codec.encode(new RequestRecord(stream, sequences[partition] + 1, fact));
        var record = new JournalRecord(next, clock.instant(), partition, key, value);
        batch.put(Table.RECORDS, JournalRecord.rowKey(next), record.toRow());
        return record;
    }

    private void count(JournalRecord record) {
        recent.add(record);
        sequences[record.partition()]++;
        next++;
        waitingBytes += record.value().length;
    }

    private void write(JournalBatch batch) {
        if (failedAt != null) {
            throw new JournalUnavailableException("the journal cannot be written", null);
        }
        try {
            store.write(batch);
        } catch (JournalStoreException e) {
            failedAt = clock.instant();
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
        List.copyOf(owed.values()).forEach(this::end);
    }

    /** A write that failed may be there all the same; whoever asked for it was told it is not. */
    private void adoptUnexpected() {
        for (var record : read(next, Integer.MAX_VALUE, Long.MAX_VALUE)) {
            count(record);
            switch (codec.decode(record.value()).fact()) {
                case Started started -> {
                    var batch = new JournalBatch();
                    var id = started.call().requestId();
                    OpenTable.delete(batch, id);
                    var unserved = new Unfinished(stream, started, null, null).aborted();
                    var abort = stage(batch, unserved);
                    store.write(batch);
                    count(abort);
                    ended.put(id, true);
                }
                case RequestFact terminal -> forget(terminal.call().requestId());
            }
        }
    }

    private long bytesFrom(long position) {
        long[] bytes = {0};
        store.scan(
                Table.RECORDS,
                JournalRecord.rowKey(position),
                (key, row) -> {
                    bytes[0] += JournalRecord.ofRow(key, row).value().length;
                    return true;
                });
        return bytes[0];
    }

    private void requireNew(RequestId id) {
        if (open.containsKey(id) || ended.containsKey(id)) {
            throw new IllegalStateException(id + " has started or ended before");
        }
    }

    private void requireOpen(RequestId id) {
        if (!open.containsKey(id) || owed.containsKey(id)) {
            throw new IllegalStateException(id + " is not running");
        }
    }

    private void requireRoom() {
        if (waitingBytes >= bytesMax) {
            throw new JournalUnavailableException(
                    "the journal is full of records that Kafka does not have", null);
        }
    }

    /** Closes the store; requests still running stay open for the next start to end. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (failedAt == null) {
                acknowledged.save(clock.instant());
            }
        } catch (JournalStoreException e) {
            failedAt = clock.instant(); // The next start sends a little again.
        } finally {
            store.close();
            lock.unlock();
        }
        releaseDirectory.run();
    }
}
