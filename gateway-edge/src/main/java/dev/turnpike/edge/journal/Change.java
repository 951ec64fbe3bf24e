package dev.turnpike.edge.journal;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A step on its way to the disk, and the thread that waits for it. */
final class Change {
    private final Step step;
    private final Thread waiter = Thread.currentThread();
    private @Nullable JournalRecord record;
    private @Nullable Receipt receipt;
    private @Nullable RuntimeException failure;
    private volatile boolean done;

    Change(Step step) {
        this.step = step;
    }

    Step step() {
        return step;
    }

    /** What was staged for it; null for a step that has no record. */
    void record(@Nullable JournalRecord staged) {
        record = staged;
    }

    JournalRecord staged() {
        return Objects.requireNonNull(record);
    }

    void succeed(String stream) {
        receipt = record == null ? null : new Receipt(stream, record.position());
        end();
    }

    void fail(RuntimeException cause) {
        failure = cause;
        end();
    }

    private void end() {
        done = true;
        wake();
    }

    /** Lets its thread look whether it is done, or can take the lead. */
    void wake() {
        if (!waiter.equals(Thread.currentThread())) {
            LockSupport.unpark(waiter);
        }
    }

    boolean done() {
        return done;
    }

    /**
     * The receipt of what was written, null for a step without a record. After {@link #done} only.
     *
     * @throws JournalUnavailableException if it was not written
     * @throws IllegalStateException if it contradicts what the journal knows
     */
    @Nullable Receipt result() {
        return switch (failure) {
            case null -> receipt;
            // One failure may be of a whole group; each thread throws its own.
            case JournalUnavailableException e ->
                    throw new JournalUnavailableException(String.valueOf(e.getMessage()), e);
            case RuntimeException e -> throw new IllegalStateException(e.getMessage(), e);
        };
    }
}
