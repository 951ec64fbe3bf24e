package dev.turnpike.runtime.control;

import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the local copy once from end to end, so that its records are in memory before somebody asks
 * for them. The store does one read at a time and a read of the disk holds a thread that carries
 * requests, so some thousand keys that are asked for the first time would hold up everybody.
 */
final class CopyWarming implements AutoCloseable {
    /** Records read before the processor is left to others. */
    static final int TOGETHER_MAX = 500;

    /** Time left to others then; about as long as reading takes. */
    static final Duration REST = Duration.ofMillis(1);

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final ControlView view;
    private int together;
    private @Nullable Thread thread;
    private volatile boolean stopping;

    CopyWarming(ControlView view) {
        this.view = view;
    }

    /** Begins on a thread of its own, which ends when all is read. Once. */
    void start(FailureSink onFailure) {
        thread = Threads.platform("control-warming", onFailure, this::run);
    }

    void run() {
        try {
            view.warm(this::goesOn);
        } catch (StreamsException ended) {
            // Closed meanwhile; or not readable, which whoever asks for the record finds out.
        }
    }

    private boolean goesOn() {
        if (++together == TOGETHER_MAX) {
            together = 0;
            LockSupport.parkNanos(this, REST.toNanos());
        }
        return !stopping;
    }

    /** Stops within a bounded time. */
    @Override
    public void close() {
        stopping = true;
        var running = thread;
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        try {
            running.join(CLOSE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
