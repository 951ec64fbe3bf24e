package dev.turnpike.edge.http;

import dev.turnpike.edge.pipeline.ClientGoneException;
import dev.turnpike.edge.pipeline.ClientReply;
import dev.turnpike.runtime.http.ClientConnection;
import dev.turnpike.runtime.http.ClientPresence;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** Answers over one Helidon response; every failed write means that the client has left. */
final class HelidonReply implements ClientReply {
    /** Bodies above this many bytes are sent in pieces. */
    private static final int WHOLE_BYTES_MAX = 1 << 20;

    private static final int PIECE_BYTES = 256 << 10;
    private static final String JSON = "application/json";
    private static final Header NO_CACHE =
            HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache");
    private static final Header NO_BUFFERING = HeaderValues.createCached("x-accel-buffering", "no");

    private final ServerRequest request;
    private final ServerResponse response;
    private final WriteWatch.Guard guard;
    private final boolean framed;
    private @Nullable ReplyLines lines;

    /**
     * @param request which is answered
     * @param guard of the thread that answers
     */
    HelidonReply(ServerRequest request, ServerResponse response, WriteWatch.Guard guard) {
        this.request = request;
        this.response = response;
        this.guard = guard;
        this.framed = ClientConnection.of(request).isEmpty();
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
        var known = KnownNames.of(name);
        if (framed || known.index() >= 0) {
            response.header(line(known, plain(value)));
            return;
        }
        var own = lines;
        if (own == null) {
            own = new ReplyLines();
            lines = own;
            response.header(own);
        }
        own.put(name, plain(value));
    }

    /** The server copies headers of other kinds once more, and writes them in six parts. */
    private static Header line(HeaderName name, String value) {
        return HeaderValues.createCached(name, value);
    }

    private static Header contentType(String type) {
        return type.equals(JSON)
                ? HeaderValues.CONTENT_TYPE_JSON
                : line(HeaderNames.CONTENT_TYPE, type);
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
        response.header(contentType(contentType));
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
        return ClientPresence.of(request).present();
    }

    @Override
    public Stream open(int status, String contentType) throws ClientGoneException {
        response.status(Status.create(status));
        response.header(contentType(contentType));
        response.header(NO_CACHE);
        response.header(NO_BUFFERING);
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
