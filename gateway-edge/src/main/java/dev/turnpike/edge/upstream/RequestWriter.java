package dev.turnpike.edge.upstream;

import dev.turnpike.edge.wire.ByteSlice;
import java.io.IOException;

/**
 * Writes a request: head and small body parts are gathered so that most requests are one write,
 * large parts go out without a copy.
 */
final class RequestWriter {
    private static final int GATHER_BYTES = 8 * 1024;

    private final Connection connection;
    private final byte[] gathered = new byte[GATHER_BYTES];
    private int length;

    RequestWriter(Connection connection) {
        this.connection = connection;
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
        for (int i = 0; i < text.length(); i++) {
            if (length == gathered.length) {
                flush();
            }
            gathered[length++] = (byte) text.charAt(i);
        }
    }

    private void flush() throws IOException {
        if (length > 0) {
            connection.write(gathered, 0, length);
            length = 0;
        }
    }
}
