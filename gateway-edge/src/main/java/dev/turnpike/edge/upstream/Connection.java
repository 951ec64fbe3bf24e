package dev.turnpike.edge.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/**
 * One socket to an upstream with its read buffer. One thread at a time uses it; only {@link #abort}
 * may come from another.
 */
final class Connection {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final Origin origin;
    private final Socket raw;
    private final Socket socket;
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
     */
    Connection(Origin origin, Socket raw, Socket socket) throws IOException {
        this.origin = origin;
        this.raw = raw;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
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
     */
    int fill(int millis, int bufferBytesMax) throws IOException {
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
                return 0;
            }
            buffer = Arrays.copyOf(buffer, Math.min(bufferBytesMax, 2 * buffer.length));
        }
        int count = read(buffer, limit, buffer.length - limit, millis);
        if (count > 0) {
            limit += count;
        }
        return count;
    }

    /** Reads past the buffer, which must be empty. */
    int read(byte[] target, int offset, int length, int millis) throws IOException {
        if (millis != timeoutMillis) {
            socket.setSoTimeout(millis);
            timeoutMillis = millis;
        }
        return in.read(target, offset, length);
    }

    /** Whether an idle connection is still open and silent, as it should be. Waits 1 ms. */
    boolean quiet() {
        try {
            fill(1, 0);
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
        try {
            raw.close();
        } catch (IOException e) {
            // The socket is gone either way, and nobody is left to tell.
            return;
        }
    }
}
