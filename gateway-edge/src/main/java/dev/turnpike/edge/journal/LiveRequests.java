package dev.turnpike.edge.journal;

import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.usage.RequestFact.Settled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which requests run, which have ended without that being durable yet, and which ended lately; so
 * that none starts or ends twice. Guarded by the journal's lock.
 */
final class LiveRequests {
    /** Ended requests remembered, to notice when one is ended or started twice. */
    static final int ENDED_MAX = 4_096;

    /** Oldest first. */
    private final Map<RequestId, Running> running = new LinkedHashMap<>();

    private final Map<RequestId, Settled> owed = new LinkedHashMap<>();
    private final Map<RequestId, Boolean> ended =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<RequestId, Boolean> eldest) {
                    return size() > ENDED_MAX;
                }
            };

    /** A running request, and what was written of it beside its start. */
    static final class Running {
        private final RequestId id;
        private final long position;
        private final Unfinished.@Nullable Called called;
        private Instant progressAt;
        private long progressTokens;
        private boolean calledAgain;
        private boolean progressed;

        private Running(RequestId id, JournalRecord started, Unfinished.@Nullable Called called) {
            this.id = id;
            this.called = called;
            position = started.position();
            progressAt = started.writtenAt();
        }

        RequestId id() {
            return id;
        }

        /** Where the record is with which it began. */
        long position() {
            return position;
        }

        /** What was called at its start; null when that was to be found out. */
        Unfinished.@Nullable Called called() {
            return called;
        }

        /** Whether there may be a row of its own that says which upstream was called. */
        boolean hasCalledRow() {
            return calledAgain;
        }

        /** Whether there may be a row of its progress. */
        boolean hasProgressRow() {
            return progressed;
        }

        /** To be told before that row is written: a write that failed may be there. */
        void calledAgain() {
            calledAgain = true;
        }

        /** Whether enough has happened since the last note of its progress. */
        boolean progressDue(Unfinished.Progress now) {
            long more = now.outputTokens() - progressTokens;
            return more >= Journal.PROGRESS_TOKENS
                    || (more > 0
                            && Duration.between(progressAt, now.at())
                                            .abs()
                                            .compareTo(Journal.PROGRESS_EVERY)
                                    >= 0);
        }

        /** To be told before the row is written. */
        void progressTried() {
            progressed = true;
        }

        void progressed(Unfinished.Progress now) {
            progressAt = now.at();
            progressTokens = now.outputTokens();
        }
    }

    /**
     * @throws IllegalStateException if the request has started or ended before
     */
    void requireNew(RequestId id) {
        if (running.containsKey(id) || ended.containsKey(id)) {
            throw new IllegalStateException(id + " has started or ended before");
        }
    }

    /**
     * @throws IllegalStateException if the request is not running
     */
    Running requireRunning(RequestId id) {
        var one = running.get(id);
        if (one == null || owed.containsKey(id)) {
            throw new IllegalStateException(id + " is not running");
        }
        return one;
    }

    /** To be told in order of the records. */
    void started(RequestId id, JournalRecord record, Unfinished.@Nullable Called called) {
        running.put(id, new Running(id, record, called));
    }

    /** Those that started from position {@code from} to {@code to}, exclusive, oldest first. */
    List<Running> startedBetween(long from, long to) {
        var some = new ArrayList<Running>();
        for (var one : running.values()) {
            if (one.position >= to) {
                break;
            }
            if (one.position >= from) {
                some.add(one);
            }
        }
        return some;
    }

    /** Where the oldest running request's start is; the largest number when none runs. */
    long oldestStart() {
        var oldest = running.values().iterator();
        return oldest.hasNext() ? oldest.next().position : Long.MAX_VALUE;
    }

    @Nullable Running running(RequestId id) {
        return running.get(id);
    }

    /**
     * The request has ended with {@code fact}, which is still to be made durable. One that does not
     * run, or is owed already, has had its end.
     */
    void owe(Settled fact) {
        if (running.containsKey(fact.call().requestId())) {
            owed.putIfAbsent(fact.call().requestId(), fact);
        }
    }

    /** Ends to be made durable, oldest first; at most one for each running request. */
    List<Settled> owed() {
        return List.copyOf(owed.values());
    }

    /** The end of the request is durable. */
    void ended(RequestId id) {
        owed.remove(id);
        running.remove(id);
        ended.put(id, true);
    }

    int size() {
        return running.size();
    }
}
