package dev.turnpike.edge.upstream;

import dev.turnpike.edge.wire.ByteSlice;
import java.io.IOException;

/**
 * Writes a request: head and small body parts are gathered so that most requests are one write,
 * large parts go out without a copy.
 */
final class RequestWriter {
    private final Connection connection;
    private final byte[] gathered;
    private int length;

    RequestWriter(Connection connection) {
        this.connection = connection;
        this.gathered = connection.scratch();
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
        long bytes = request.bodyBytes();
        if (bytes > 0 || !request.method().equals("GET")) {
            text("content-length: ");
            text(Long.toString(bytes));
            text("\r\n");
        }
        text("\r\n");
        for (int i = 0; i < request.body().size(); i++) {
            part(request.body().get(i));
        }
        flush();
    }

    private void part(ByteSlice slice) throws IOException {
        if (slice.length() > gathered.length - length) {
            flush();
        }
        if (slice.length() > gathered.length) {
            connection.write(slice.array(), slice.offset(), slice.length());
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
            connection.write(gathered, 0, length);
            length = 0;
        }
    }
}
