package dev.turnpike.edge.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One socket to an upstream with its read buffer. One thread at a time uses it; only {@link #abort}
 * and {@link #look} may come from another.
 *
 * <p>A read that may take until its call's deadline has no timeout of its own: a timed wait of a
 * virtual thread wakes a timer thread twice, which costs more than the read. The {@link Watchdog}
 * looks at all connections now and then and closes those that are late.
 */
final class Connection {
    private static final int BUFFER_BYTES = 16 * 1024;

    /** What a reader waits for; replaced by an {@link Ended} when it has waited long enough. */
    private sealed interface Wait {}

    /**
     * A read in progress.
     *
     * @param deadline in terms of the client's nanosecond clock
     */
    private record Reading(long deadline, Patience patience) implements Wait {}

    /** The watchdog has closed the connection under its reader. */
    private enum Ended implements Wait {
        LATE,
        UNWANTED
    }

    /** A read ended because nobody wants the answer any more. */
    static final class UnwantedException extends IOException {
        private static final long serialVersionUID = 1L;

        UnwantedException() {
            super("the answer is not wanted any more");
        }
    }

    private final Origin origin;
    private final Socket raw;
    private final Socket socket;
    private final Watchdog watchdog;
    private final AtomicReference<@Nullable Wait> waiting = new AtomicReference<>();
    private final InputStream in;
    private final OutputStream out;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private int timeoutMillis;
    private long idleSince;

    /**
     * @param raw the TCP socket
     * @param socket what is spoken through: {@code raw} itself or the TLS socket over it
     * @param watchdog ends reads that are late
     */
    Connection(Origin origin, Socket raw, Socket socket, Watchdog watchdog) throws IOException {
        this.origin = origin;
        this.raw = raw;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.watchdog = watchdog;
        watchdog.watch(this);
    }

    Origin origin() {
        return origin;
    }

    long idleSince() {
        return idleSince;
    }

    void idleSince(long nanoTime) {
        idleSince = nanoTime;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    byte[] buffer() {
        return buffer;
    }

    int position() {
        return position;
    }

    int limit() {
        return limit;
    }

    int buffered() {
        return limit - position;
    }

    void skip(int bytes) {
        position += bytes;
    }

    /**
     * Reads more into the buffer, moving what is there to its front when it must.
     *
     * @param bufferBytesMax how far the buffer may grow to take in what is not yet consumed
     * @return bytes read, -1 at the end of the stream, 0 if the buffer may not grow any more
     * @throws SocketTimeoutException if nothing came until {@code deadline}; the connection is
     *     closed then
     * @throws UnwantedException if {@code patience} ended; the connection is closed then
     */
    int fill(long deadline, Patience patience, int bufferBytesMax) throws IOException {
        if (!room(bufferBytesMax)) {
            return 0;
        }
        return filled(read(buffer, limit, buffer.length - limit, deadline, patience));
    }

    /** As the other, but gives up after so many milliseconds and stays open. */
    int fillWithin(int millis, int bufferBytesMax) throws IOException {
        if (!room(bufferBytesMax)) {
            return 0;
        }
        return filled(readWithin(buffer, limit, buffer.length - limit, millis));
    }

    private int filled(int count) {
        if (count > 0) {
            limit += count;
        }
        return count;
    }

    private boolean room(int bufferBytesMax) {
        if (position == limit) {
            position = 0;
            limit = 0;
            if (buffer.length > BUFFER_BYTES) {
                buffer = new byte[BUFFER_BYTES];
            }
        } else if (limit == buffer.length && position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        } else if (limit == buffer.length) {
            if (buffer.length >= bufferBytesMax) {
                return false;
            }
            buffer = Arrays.copyOf(buffer, Math.min(bufferBytesMax, 2 * buffer.length));
        }
        return true;
    }

    /** Reads past the buffer, which must be empty; as {@link #fill} otherwise. */
    int read(byte[] target, int offset, int length, long deadline, Patience patience)
            throws IOException {
        timeout(0);
        var wait = new Reading(deadline, patience);
        if (!waiting.compareAndSet(null, wait)) {
            throw new SocketException("closed");
        }
        int count;
        try {
            count = in.read(target, offset, length);
        } catch (IOException e) {
            throw waiting.compareAndSet(wait, null) ? e : ended();
        }
        if (!waiting.compareAndSet(wait, null)) {
            throw ended();
        }
        return count;
    }

    /** Reads past the buffer, which must be empty; as {@link #fillWithin} otherwise. */
    int readWithin(byte[] target, int offset, int length, int millis) throws IOException {
        timeout(millis);
        return in.read(target, offset, length);
    }

    private void timeout(int millis) throws IOException {
        if (millis != timeoutMillis) {
            socket.setSoTimeout(millis);
            timeoutMillis = millis;
        }
    }

    private IOException ended() {
        return waiting.get() == Ended.UNWANTED
                ? new UnwantedException()
                : new SocketTimeoutException("nothing came in time");
    }

    /** Closes the connection if its reader has waited long enough. The watchdog's thread. */
    void look(long now) {
        if (waiting.get() instanceof Reading wait) {
            if (now - wait.deadline() >= 0) {
                end(wait, Ended.LATE);
            } else if (!wait.patience().keepWaiting()) {
                end(wait, Ended.UNWANTED);
            }
        }
    }

    private void end(Reading wait, Ended how) {
        if (waiting.compareAndSet(wait, how)) {
            abort();
        }
    }

    /** Whether an idle connection is still open and silent, as it should be. Waits 1 ms. */
    boolean quiet() {
        try {
            fillWithin(1, 0);
            return false; // Closed by the upstream, or it spoke without being asked.
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Closes the TCP socket at once, without the farewell of TLS, which could block; a read in
     * progress fails. Any thread.
     */
    void abort() {
        watchdog.forget(this);
        try {
            raw.close();
        } catch (IOException e) {
            // The socket is gone either way, and nobody is left to tell.
            return;
        }
    }
}
