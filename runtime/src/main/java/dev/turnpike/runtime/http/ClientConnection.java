package dev.turnpike.runtime.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of one HTTP/1.1 connection, which can be asked whether the client is still there
 * while a request of it is at work. A closed connection shows only to who reads, so from the first
 * question on a thread of its own waits for bytes; what it finds is left for the next request. A
 * client that closes its writing side has left as well.
 *
 * <p>One thread serves the connection, and asks; another, at most one, looks.
 */
public final class ClientConnection {
    private static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

    /** How long a question waits for a first look: a connection closed before shows at once. */
    private static final long LOOK_MILLIS = 5;

    private final DataReader bytes;
    private @Nullable Look look;

    /**
     * @param bytes read by nobody else
     */
    ClientConnection(DataReader bytes) {
        this.bytes = bytes;
    }

    /** The connection that the calling thread serves; none where it is not HTTP/1.1. */
    public static Optional<ClientConnection> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Something that serves a connection. */
    interface Serving {
        void run() throws InterruptedException;
    }

    void call(Serving serving) throws InterruptedException {
        ScopedValue.where(CURRENT, this)
                .call(() -> {
                    serving.run();
                    return this;
                });
    }

    /**
     * Whether the client has not closed the connection. Ask only while the body of its request is
     * read and the reply is not finished.
     */
    public boolean present() {
        var running = look;
        if (running == null) {
            if (bytes.available() > 0) {
                return true; // It has sent its next request already.
            }
            running = new Look();
            look = running;
            Thread.ofVirtual().name("client-look").start(running);
        }
        return !running.foundEnd(LOOK_MILLIS);
    }

    /** The bytes that have come, after waiting for some. */
    byte[] read() {
        var running = look;
        if (running != null) {
            running.await();
            look = null;
        }
        bytes.ensureAvailable();
        return bytes.readBytes(bytes.available());
    }

    /** Waits for bytes and takes none. */
    private final class Look implements Runnable {
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile boolean end;
        private volatile boolean asked;

        @Override
        public void run() {
            try {
                bytes.ensureAvailable();
            } catch (DataReader.InsufficientDataAvailableException e) {
                end = true;
            } catch (UncheckedIOException | ServerConnectionException e) {
                // Silence for as long as an idle connection may last is no departure.
                end = !silence(e);
            } finally {
                over.countDown();
            }
        }

        private static boolean silence(RuntimeException failure) {
            var cause = failure.getCause();
            return cause instanceof SocketTimeoutException
                    || (cause != null && cause.getCause() instanceof SocketTimeoutException);
        }

        boolean foundEnd(long millis) {
            if (!asked) {
                asked = true;
                try {
                    boolean quick = over.await(millis, TimeUnit.MILLISECONDS);
                    return quick && end;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return end;
        }

        void await() {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CloseConnectionException("the server stops", e);
            }
        }
    }
}
