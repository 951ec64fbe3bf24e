package dev.turnpike.edge.http;

import dev.turnpike.edge.pipeline.ClientGoneException;
import dev.turnpike.edge.pipeline.ClientReply;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Answers over one Helidon response. */
final class HelidonReply implements ClientReply {
    private final ServerResponse response;

    HelidonReply(ServerResponse response) {
        this.response = response;
    }

    @Override
    public void header(String name, String value) {
        response.header(HeaderNames.create(name), value);
    }

    @Override
    public void send(int status, String contentType, byte[] body) throws ClientGoneException {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        try {
            response.send(body);
        } catch (UncheckedIOException | CloseConnectionException | SocketWriterException e) {
            throw new ClientGoneException(e);
        }
    }

    @Override
    public Stream open(int status, String contentType) throws ClientGoneException {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.header(HeaderNames.create("x-accel-buffering"), "no");
        return new HelidonStream(response.outputStream());
    }

    /** The body of a streamed reply; every failed write means that the client has left. */
    private static final class HelidonStream implements Stream {
        private final OutputStream out;

        HelidonStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws ClientGoneException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException
                    | UncheckedIOException
                    | CloseConnectionException
                    | SocketWriterException e) {
                throw new ClientGoneException(e);
            }
        }

        @Override
        public void flush() throws ClientGoneException {
            try {
                out.flush();
            } catch (IOException
                    | UncheckedIOException
                    | CloseConnectionException
                    | SocketWriterException e) {
                throw new ClientGoneException(e);
            }
        }

        @Override
        public void end() throws ClientGoneException {
            try {
                out.close();
            } catch (IOException
                    | UncheckedIOException
                    | CloseConnectionException
                    | SocketWriterException e) {
                throw new ClientGoneException(e);
            }
        }
    }
}
