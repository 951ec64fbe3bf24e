package dev.turnpike.edge.journal;

import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestFact.Aborted;
import dev.turnpike.schemas.usage.RequestFact.Refused;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import dev.turnpike.schemas.usage.RequestFact.Started;
import dev.turnpike.schemas.usage.RequestRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
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

    /** Records that a start reads to find which requests are open: some 50 MB. */
    static final long READ_MAX = 65_536;

    private final ReentrantLock lock = new ReentrantLock();
    private final JournalStore store;
    private final InstantSource clock;
    private final Runnable releaseDirectory;
    private final JournalState state;
    private final CommitQueue commits = new CommitQueue(this::write);
    private volatile Runnable onAppend = () -> {};

    private Journal(
            JournalStore store,
            Runnable releaseDirectory,
            InstantSource clock,
            JournalState state) {
        this.store = store;
        this.releaseDirectory = releaseDirectory;
        this.clock = clock;
        this.state = state;
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
        return open(store, releaseDirectory, settings, codec, clock, newEdgeId, READ_MAX);
    }

    /**
     * As above.
     *
     * @param readMax records without rows of {@link OpenTable} for their requests
     */
    static Journal open(
            JournalStore store,
            Runnable releaseDirectory,
            JournalSettings settings,
            RecordCodec<RequestRecord> codec,
            InstantSource clock,
            Supplier<String> newEdgeId,
            long readMax) {
        boolean opened = false;
        try {
            var stream = StreamIdentity.next(store, settings.edgeId(), newEdgeId, clock.instant());
            var state = new JournalState(store, codec, clock, settings.bytesMax(), readMax, stream);
            state.endUnfinished();
            opened = true;
            return new Journal(store, releaseDirectory, clock, state);
        } finally {
            if (!opened) {
                store.close();
            }
        }
    }

    /** This start's stream id, {@code edge/incarnation}. */
    public String stream() {
        return state.log().stream();
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
        commits.commit(new Step.Start(fact, called));
    }

    /** Writes {@code group} at once; no request has two changes in it. */
    void write(List<Change> group) {
        lock.lock();
        try {
            state.apply(group);
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
        var called = new Unfinished.Called(clock.instant(), provider, targetModel);
        commits.commit(new Step.Call(id, called));
    }

    /**
     * Notes the output tokens seen so far. Written at most every {@link #PROGRESS_EVERY} or {@value
     * #PROGRESS_TOKENS} tokens; a failing disk is left for the terminal record to report.
     */
    public void progress(RequestId id, long outputTokens) {
        lock.lock();
        try {
            state.progress(id, new Unfinished.Progress(clock.instant(), outputTokens));
        } catch (JournalStoreException e) {
            state.failed();
        } finally {
            lock.unlock();
        }
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
        var step =
                switch (fact) {
                    case Settled settled -> new Step.Settle(settled);
                    case Refused refused -> new Step.Refuse(refused);
                    case Started _, Aborted _ ->
                            throw new IllegalStateException("not a terminal of a living edge");
                };
        return Objects.requireNonNull(commits.commit(step));
    }

    /** How the journal stands now. */
    public JournalStatus status() {
        lock.lock();
        try {
            return state.status();
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
            var kept = state.log().recent(position, max, bytesMax);
            if (!kept.isEmpty()) {
                return kept;
            }
        } finally {
            lock.unlock();
        }
        return state.log().read(position, max, bytesMax);
    }

    /** The position that the next record will have; waits for no write. */
    long end() {
        return state.log().next();
    }

    /** The last acknowledged position. */
    long acknowledgedPosition() {
        lock.lock();
        try {
            return state.log().acknowledgedPosition();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link Acknowledged#offsets}. */
    long[] acknowledgedOffsets() {
        lock.lock();
        try {
            return state.log().acknowledgedOffsets();
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
            state.log().acknowledge(position, bytes, offsets);
        } finally {
            lock.unlock();
        }
    }

    /** Saves what was acknowledged, and tries to get a failed disk to work. Every second or so. */
    void upkeep() {
        lock.lock();
        try {
            state.upkeep();
        } catch (JournalStoreException | JournalUnavailableException e) {
            state.failed(); // Still broken; said by status().
        } finally {
            lock.unlock();
        }
    }

    /** Kafka lost records it had acknowledged: everything still kept is to be sent again. */
    void rewind() {
        lock.lock();
        try {
            state.rewind();
        } catch (JournalStoreException e) {
            state.failed();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the store; requests still running stay open for the next start to end. */
    @Override
    public void close() {
        lock.lock();
        try {
            state.save();
        } catch (JournalStoreException e) {
            state.failed(); // The next start sends a little again.
        } finally {
            store.close();
            lock.unlock();
        }
        releaseDirectory.run();
    }
}
