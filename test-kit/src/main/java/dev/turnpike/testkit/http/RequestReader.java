package dev.turnpike.testkit.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the requests of one connection, with one buffer for all of them. One thread only. */
final class RequestReader {
    static final int BODY_BYTES_MAX = 64 << 20;
    private static final int LINE_BYTES_MAX = 64 << 10;
    private static final int HEADERS_MAX = 200;

    private final Socket socket;
    private final byte[] buffer = new byte[16 << 10];
    private int position;
    private int limit;

    RequestReader(Socket socket) {
        this.socket = socket;
    }

    /**
     * Waits for the next request and reads it whole; empty when the peer has closed.
     *
     * @throws IOException if the connection breaks or what comes is not HTTP/1.1
     */
    Optional<ReceivedRequest> next() throws IOException {
        if (position == limit && !fill()) {
            return Optional.empty();
        }
        var start = line().split(" ", 3);
        if (start.length < 3) {
            throw new IOException("not a request line");
        }
        var headers = headers();
        return Optional.of(new ReceivedRequest(start[0], start[1], headers, body(headers)));
    }

    /**
     * Waits for {@code length} and returns early, with true, when the peer closes meanwhile. Bytes
     * of a next request are kept for it.
     */
    boolean peerClosesWithin(Duration length) throws IOException {
        long deadline = System.nanoTime() + length.toNanos();
        long left = length.toMillis();
        if (position < limit || left == 0) {
            Pause.nanos(length.toNanos());
            return false;
        }
        socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
        try {
            if (!fill()) {
                return true;
            }
        } catch (SocketTimeoutException elapsed) {
            return false;
        } finally {
            socket.setSoTimeout(0);
        }
        Pause.nanos(deadline - System.nanoTime());
        return false;
    }

    /** Waits for the peer to close, discarding what it sends until then. */
    void awaitClose() throws IOException {
        do {
            position = limit;
        } while (fill());
    }

    private Map<String, List<String>> headers() throws IOException {
        var headers = new LinkedHashMap<String, List<String>>();
        for (int count = 0; count <= HEADERS_MAX; count++) {
            var line = line();
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("not a header");
            }
            headers.computeIfAbsent(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            _ -> new ArrayList<>(1))
                    .add(line.substring(colon + 1).strip());
        }
        throw new IOException("too many headers");
    }

    private byte[] body(Map<String, List<String>> headers) throws IOException {
        if (headers.containsKey("expect")) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        if (headers.containsKey("transfer-encoding")) {
            return chunks();
        }
        var length = headers.get("content-length");
        return length == null ? new byte[0] : exactly(size(length.getFirst(), 10));
    }

    private byte[] chunks() throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            int size = size(line().split(";", 2)[0].strip(), 16);
            if (size == 0) {
                headers(); // Trailers.
                return body.toByteArray();
            }
            if (body.size() + size > BODY_BYTES_MAX) {
                throw new IOException("body too large");
            }
            body.writeBytes(exactly(size));
            line();
        }
    }

    private static int size(String text, int radix) throws IOException {
        try {
            int size = Integer.parseInt(text, radix);
            if (size >= 0 && size <= BODY_BYTES_MAX) {
                return size;
            }
        } catch (NumberFormatException e) {
            throw new IOException("not a length", e);
        }
        throw new IOException("body too large");
    }

    private byte[] exactly(int size) throws IOException {
        var bytes = new byte[size];
        int done = 0;
        while (done < size) {
            if (position == limit && !fill()) {
                throw new EOFException("peer closed within a body");
            }
            int part = Math.min(limit - position, size - done);
            System.arraycopy(buffer, position, bytes, done, part);
            position += part;
            done += part;
        }
        return bytes;
    }

    private String line() throws IOException {
        var line = new StringBuilder(64);
        while (line.length() < LINE_BYTES_MAX) {
            if (position == limit && !fill()) {
                throw new EOFException("peer closed within a request");
            }
            char next = (char) (buffer[position++] & 0xff);
            if (next == '\n') {
                int end = line.length();
                boolean carriageReturn = end > 0 && line.charAt(end - 1) == '\r';
                return line.substring(0, carriageReturn ? end - 1 : end);
            }
            line.append(next);
        }
        throw new IOException("line too long");
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = 0;
        int count = socket.getInputStream().read(buffer);
        limit = Math.max(count, 0);
        return count > 0;
    }
}
