package dev.turnpike.edge.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
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
    private static final int SCRATCH_BYTES = 8 * 1024;

    /** How often a waiting reader's patience is asked; a quick answer is waited for without. */
    private static final long ASK_NANOS = 300_000_000L;

    /** How the watchdog ended a read. */
    private enum Ended {
        NOT,
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
    private @Nullable Patience waiting;
    private long deadline;
    private long askAt;
    private Ended ended = Ended.NOT;
    private final InputStream wire;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] scratch = new byte[SCRATCH_BYTES];
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
        this.wire = raw.getInputStream();
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

    /** Room to put a request together in. */
    byte[] scratch() {
        return scratch;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    /**
     * As the other, but ends at {@code deadline}.
     *
     * @throws SocketTimeoutException if it did; the connection is closed then
     */
    void write(byte[] bytes, int offset, int length, long deadline) throws IOException {
        begin(deadline, Patience.ENDLESS);
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            end(e);
            throw e;
        }
        end(null);
    }

    /** Whether the upstream has said something that was not read yet, as far as can be told. */
    boolean spoken() throws IOException {
        return in.available() > 0;
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
        begin(deadline, patience);
        int count;
        try {
            count = in.read(target, offset, length);
        } catch (IOException e) {
            end(e);
            throw e;
        }
        end(null);
        return count;
    }

    private synchronized void begin(long newDeadline, Patience patience) {
        waiting = patience;
        deadline = newDeadline;
        askAt = 0;
    }

    /** From here on nobody asks the reader's patience any more. */
    private synchronized void end(@Nullable IOException cause) throws IOException {
        waiting = null;
        if (ended != Ended.NOT) {
            var reason =
                    ended == Ended.UNWANTED
                            ? new UnwantedException()
                            : new SocketTimeoutException("nothing came in time");
            reason.initCause(cause);
            throw reason;
        }
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

    /** Closes the connection if its reader has waited long enough. The watchdog's thread. */
    synchronized void look(long now) {
        var patience = waiting;
        if (patience == null || ended != Ended.NOT) {
            return;
        }
        if (now - deadline >= 0) {
            ended = Ended.LATE;
            abort();
        } else if (askAt == 0) {
            askAt = now + ASK_NANOS;
        } else if (now - askAt >= 0) {
            askAt = now + ASK_NANOS;
            if (!patience.keepWaiting()) {
                ended = Ended.UNWANTED;
                abort();
            }
        }
    }

    /**
     * Whether nothing has come on an idle connection, of TLS neither. Does not wait, and does not
     * see that it was closed.
     */
    boolean untouched() {
        try {
            return wire.available() == 0;
        } catch (IOException e) {
            return false;
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
