package dev.turnpike.edge.http;

import dev.turnpike.edge.pipeline.ClientGoneException;
import dev.turnpike.edge.pipeline.ClientReply;
import dev.turnpike.runtime.http.ClientConnection;
import dev.turnpike.runtime.http.ClientPresence;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Answers over one Helidon response; every failed write means that the client has left. */
final class HelidonReply implements ClientReply {
    private static final int HEADER_NAMES_MAX = 256;

    /** Bodies above this many bytes are sent in pieces. */
    private static final int WHOLE_BYTES_MAX = 1 << 20;

    private static final int PIECE_BYTES = 256 << 10;
    private static final ConcurrentMap<String, HeaderName> HEADER_NAMES = new ConcurrentHashMap<>();

    private final ServerResponse response;
    private final WriteWatch.Guard guard;
    private final ClientPresence client;
    private final boolean framed = ClientConnection.current().isEmpty();

    /**
     * @param client who is answered
     * @param guard of the thread that answers
     */
    HelidonReply(ClientPresence client, ServerResponse response, WriteWatch.Guard guard) {
        this.client = client;
        this.response = response;
        this.guard = guard;
    }

    /** Something that writes to the client's connection. */
    private interface Writing {
        void run() throws IOException;
    }

    private void write(int bytes, Writing writing) throws ClientGoneException {
        guard.begins(bytes);
        boolean stalled = false;
        try {
            writing.run();
        } catch (IOException
                | UncheckedIOException
                | CloseConnectionException
                | SocketWriterException e) {
            throw new ClientGoneException(e);
        } finally {
            stalled = guard.ends();
        }
        if (stalled) {
            throw new ClientGoneException(new SocketTimeoutException("the client does not read"));
        }
    }

    @Override
    public void header(String name, String value) {
        response.header(headerName(name), plain(value));
    }

    private static HeaderName headerName(String name) {
        var known = HEADER_NAMES.get(name);
        if (known != null) {
            return known;
        }
        var created = HeaderNames.create(name);
        if (HEADER_NAMES.size() < HEADER_NAMES_MAX) {
            HEADER_NAMES.put(name, created);
        }
        return created;
    }

    /** What a provider says may come back here; a line of its own must not. */
    private static String plain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException("a header value with a control character");
            }
        }
        return value;
    }

    @Override
    public void send(int status, String contentType, byte[] body) throws ClientGoneException {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        if (body.length <= WHOLE_BYTES_MAX) {
            write(body.length, () -> response.send(body));
        } else {
            sendInPieces(body);
        }
    }

    /** The server would make a copy of it first; and whoever does not read is noticed sooner. */
    private void sendInPieces(byte[] body) throws ClientGoneException {
        response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
        var out = response.outputStream();
        guard.beginsPieces(body.length);
        for (int from = 0; from < body.length; from += PIECE_BYTES) {
            int offset = from;
            int length = Math.min(PIECE_BYTES, body.length - from);
            write(length, () -> out.write(body, offset, length));
        }
        write(0, out::close);
    }

    @Override
    public boolean present() {
        return client.present();
    }

    @Override
    public Stream open(int status, String contentType) throws ClientGoneException {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.header(HeaderNames.create("x-accel-buffering"), "no");
        if (!framed) {
            // Else a short stream would be held back and sent with its length.
            response.header(HeaderValues.TRANSFER_ENCODING_CHUNKED);
        }
        return new HelidonStream(response.outputStream());
    }

    /** The body of a streamed reply. */
    private final class HelidonStream implements Stream {
        private final OutputStream out;

        HelidonStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws ClientGoneException {
            HelidonReply.this.write(length, () -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() throws ClientGoneException {
            HelidonReply.this.write(0, out::flush);
        }

        @Override
        public void end() throws ClientGoneException {
            HelidonReply.this.write(0, out::close);
        }
    }
}
