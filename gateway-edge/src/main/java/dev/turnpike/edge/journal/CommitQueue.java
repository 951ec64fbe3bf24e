package dev.turnpike.edge.journal;

import dev.turnpike.runtime.lifecycle.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the changes of many requests to the disk in few writes: whoever comes while nobody writes
 * writes for all that wait, once, and the others wait. Thread-safe.
 */
final class CommitQueue {
    /** Changes written at once. */
    static final int GROUP_MAX = 256;

    /** Bounded by the requests that are at work: each has one change in it. */
    private final Queue<Change> waiting = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean led = new AtomicBoolean();
    private final Consumer<List<Change>> write;

    /**
     * @param write ends every change it is given; called by one thread at a time
     */
    CommitQueue(Consumer<List<Change>> write) {
        this.write = write;
    }

    /**
     * Returns when {@code step} is durable. An interrupt is kept for later.
     *
     * @return its receipt, null for a step that has none
     * @throws JournalUnavailableException if it could not be made durable
     * @throws IllegalStateException if it contradicts what the journal knows
     */
    @Nullable Receipt commit(Step step) {
        var change = new Change(step);
        waiting.add(change);
        boolean interrupted = false;
        while (!change.done()) {
            if (led.compareAndSet(false, true)) {
                lead();
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return change.result();
    }

    private void lead() {
        try {
            // Lets the other requests of this processor come as far as here first.
            Turn.giveWay();
            writeGroup();
        } finally {
            led.set(false);
            var next = waiting.peek();
            if (next != null) {
                next.wake(); // It came too late for this group, and leads the next.
            }
        }
    }

    private void writeGroup() {
        var group = new ArrayList<Change>();
        for (var change = waiting.poll(); change != null; change = waiting.poll()) {
            group.add(change);
            if (group.size() == GROUP_MAX) {
                break;
            }
        }
        try {
            write.accept(group);
        } finally {
            for (var change : group) {
                if (!change.done()) { // Something of ours broke; nobody must wait for ever.
                    change.fail(new IllegalStateException("the journal broke"));
                }
            }
        }
    }
}
