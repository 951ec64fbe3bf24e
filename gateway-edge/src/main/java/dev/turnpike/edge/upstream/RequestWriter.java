package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.wire.ByteSlice;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request: head and small body parts are gathered so that most requests are one write,
 * large parts go out without a copy.
 */
final class RequestWriter {
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
        text(" ");
        text(request.target());
        text(" HTTP/1.1\r\nhost: ");
        text(request.origin().hostHeader());
        text("\r\naccept-encoding: identity\r\n");
        var headers = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            text(headers.get(i).name());
            text(": ");
            text(headers.get(i).value());
            text("\r\n");
        }
        long bytes = request.body().length();
        boolean chunked = bytes == UpstreamBody.UNKNOWN;
        if (chunked) {
            text("transfer-encoding: chunked\r\n");
        } else if (bytes > 0 || !request.method().equals("GET")) {
            text("content-length: ");
            text(Long.toString(bytes));
            text("\r\n");
        }
        text("\r\n");
        body(request.body().open(), chunked);
        flush();
    }

    private void body(UpstreamBody.Pieces pieces, boolean chunked) throws IOException {
        for (var piece = next(pieces); piece != null && !stopped(); piece = next(pieces)) {
            if (!chunked) {
                part(piece);
            } else if (piece.length() > 0) {
                text(Integer.toHexString(piece.length()) + "\r\n");
                part(piece);
                text("\r\n");
            }
        }
        if (chunked && whole) {
            text("0\r\n\r\n");
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

    private void part(ByteSlice slice) throws IOException {
        if (slice.length() > gathered.length - length) {
            flush();
        }
        if (slice.length() > gathered.length) {
            write(slice.array(), slice.offset(), slice.length());
        } else {
            System.arraycopy(slice.array(), slice.offset(), gathered, length, slice.length());
            length += slice.length();
        }
    }

    /** The characters were checked to be ASCII when the request was made. */
    private void text(String text) throws IOException {
        int done = 0;
        while (done < text.length()) {
            if (length == gathered.length) {
                flush();
            }
            int count = Math.min(text.length() - done, gathered.length - length);
            ascii(text, done, done + count);
            length += count;
            done += count;
        }
    }

    @SuppressWarnings("deprecation") // Drops the high bytes, of which there are none.
    private void ascii(String text, int from, int to) {
        text.getBytes(from, to, gathered, length);
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
}
