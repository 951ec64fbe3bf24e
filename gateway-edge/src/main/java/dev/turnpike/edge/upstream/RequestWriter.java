package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.wire.ByteSlice;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request: head and small body parts are gathered so that most requests are one write,
 * large parts go out without a copy.
 */
final class RequestWriter {
    private static final byte[] LINE_END = ascii("\r\n");
    private static final byte[] CONTENT_LENGTH = ascii("content-length: ");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");

    private final Connection connection;
    private final byte[] gathered;
    private final @Nullable CallTimer perWrite;
    private int length;
    private boolean whole = true;

    /**
     * @param perWrite tells how long each write may take where the body takes its time to come;
     *     null where somebody else watches over the writes
     */
    RequestWriter(Connection connection, @Nullable CallTimer perWrite) {
        this.connection = connection;
        this.gathered = connection.scratch();
        this.perWrite = perWrite;
    }

    void write(UpstreamRequest request) throws IOException {
        text(request.method());
        part(request.to().lines());
        var headers = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            part(headers.get(i).line());
        }
        long bytes = request.body().length();
        boolean chunked = bytes == UpstreamBody.UNKNOWN;
        if (chunked) {
            part(CHUNKED);
        } else if (bytes > 0 || !request.method().equals("GET")) {
            part(CONTENT_LENGTH);
            text(Long.toString(bytes));
            part(LINE_END);
        }
        part(LINE_END);
        body(request.body().open(), chunked);
        flush();
    }

    private void body(UpstreamBody.Pieces pieces, boolean chunked) throws IOException {
        for (var piece = next(pieces); piece != null && !stopped(); piece = next(pieces)) {
            if (!chunked) {
                part(piece.array(), piece.offset(), piece.length());
            } else if (piece.length() > 0) {
                text(Integer.toHexString(piece.length()));
                part(LINE_END);
                part(piece.array(), piece.offset(), piece.length());
                part(LINE_END);
            }
        }
        if (chunked && whole) {
            part(LAST_CHUNK);
        }
    }

    /** The call's time does not run while a body is on its way here. */
    private @Nullable ByteSlice next(UpstreamBody.Pieces pieces) throws UpstreamFaultException {
        var timer = perWrite;
        if (timer == null) {
            return pieces.next();
        }
        long before = timer.now();
        var piece = pieces.next();
        timer.excuse(timer.now() - before);
        return piece;
    }

    /** An upstream that answers before it has heard all will not listen any more. */
    private boolean stopped() throws IOException {
        whole &= perWrite == null || !connection.spoken();
        return !whole;
    }

    /** Whether all of the request went out. */
    boolean whole() {
        return whole;
    }

    private void part(byte[] bytes) throws IOException {
        part(bytes, 0, bytes.length);
    }

    private void part(byte[] bytes, int offset, int count) throws IOException {
        if (count > gathered.length - length) {
            flush();
        }
        if (count > gathered.length) {
            write(bytes, offset, count);
        } else {
            System.arraycopy(bytes, offset, gathered, length, count);
            length += count;
        }
    }

    /** A few characters that were checked, or made here. */
    @SuppressWarnings("deprecation") // Drops the high bytes, of which there are none.
    private void text(String text) throws IOException {
        if (text.length() > gathered.length - length) {
            flush();
        }
        text.getBytes(0, text.length(), gathered, length);
        length += text.length();
    }

    private void flush() throws IOException {
        if (length > 0) {
            write(gathered, 0, length);
            length = 0;
        }
    }

    private void write(byte[] bytes, int offset, int count) throws IOException {
        var timer = perWrite;
        if (timer == null) {
            connection.write(bytes, offset, count);
            return;
        }
        timer.restart(); // What the client took to send it is not the upstream's silence.
        try {
            connection.write(bytes, offset, count, timer.deadline(Stage.SEND));
        } catch (SocketTimeoutException e) {
            throw timer.timedOut(Stage.SEND);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
