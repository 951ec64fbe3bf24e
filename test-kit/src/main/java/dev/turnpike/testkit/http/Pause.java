package dev.turnpike.testkit.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;

/** Time that passes on purpose on a server's own thread. */
final class Pause {
    private Pause() {}

    /**
     * @throws IOException if the thread is interrupted, which a stopping server does
     */
    static void nanos(long length) throws IOException {
        long deadline = System.nanoTime() + length;
        for (long left = length; left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("server is stopping");
            }
        }
    }
}
