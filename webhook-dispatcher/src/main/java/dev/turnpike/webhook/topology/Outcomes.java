package dev.turnpike.webhook.topology;

import dev.turnpike.webhook.domain.Outbox.Ended;
import dev.turnpike.webhook.send.SlotPool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Brings ended attempts from their threads to the stream thread of one task. An attempt keeps its
 * slot until its end is taken from here, so there are never more waiting than slots. Thread-safe.
 */
final class Outcomes {
    private record Waiting(Ended ended, boolean proven) {}

    private final SlotPool slots;
    private final Queue<Waiting> queue = new ArrayDeque<>();
    private boolean closed;

    Outcomes(SlotPool slots) {
        this.slots = slots;
    }

    /** Hands in an end; when the task is closed only the slot is given back. */
    synchronized void put(Ended ended, boolean proven) {
        if (closed) {
            slots.release(proven);
        } else {
            queue.add(new Waiting(ended, proven));
        }
    }

    /** Takes all that wait and gives their slots back. */
    synchronized List<Ended> take() {
        var taken = new ArrayList<Ended>(queue.size());
        for (var next = queue.poll(); next != null; next = queue.poll()) {
            slots.release(next.proven());
            taken.add(next.ended());
        }
        return taken;
    }

    /** The task is gone; what runs still ends, but nobody takes it. */
    synchronized void close() {
        closed = true;
        take();
    }
}
