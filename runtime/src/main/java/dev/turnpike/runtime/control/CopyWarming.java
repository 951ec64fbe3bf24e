package dev.turnpike.runtime.control;

import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the local copy once from end to end, so that its blocks are in memory before somebody asks
 * for them. The store does one read at a time and a read of the disk holds a thread that carries
 * requests, so where the system has dropped the files from its memory, some thousand keys that are
 * asked for the first time would hold up everybody.
 */
final class CopyWarming implements AutoCloseable {
    /** Records read before the processor is left to others. */
    static final int TOGETHER_MAX = 500;

    /** Time left to others then; about as long as reading takes. */
    static final Duration REST = Duration.ofMillis(1);

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final ControlView view;
    private final long bytesMax;
    private @Nullable Thread thread;
    private volatile boolean stopping;

    /**
     * @param bytesMax read at most; more would not stay in memory
     */
    CopyWarming(ControlView view, long bytesMax) {
        this.view = view;
        this.bytesMax = bytesMax;
    }

    /** Begins on a thread of its own, which ends when all is read. Once. */
    void start(FailureSink onFailure) {
        thread = Threads.platform("control-warming", onFailure, this::run);
    }

    void run() {
        long bytes = 0;
        int together = 0;
        try (var records = view.records()) {
            while (!stopping && bytes < bytesMax && records.hasNext()) {
                var record = records.next();
                bytes += record.key.length() + record.value.length;
                if (++together == TOGETHER_MAX) {
                    together = 0;
                    LockSupport.parkNanos(this, REST.toNanos());
                }
            }
        } catch (StreamsException ended) {
            // Closed meanwhile; or not readable, which whoever asks for the record finds out.
        }
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
