package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ProblemException;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The body of one request as it comes, for who does not want it whole. One thread. */
public final class RequestBody {
    private final InputStream in;

    public RequestBody(ServerRequest request) {
        this.in = request.content().inputStream();
    }

    /**
     * Reads at least one byte.
     *
     * @return the number of bytes read, or -1 at the body's proper end
     * @throws IOException if the client left, sends too slowly or sends what is no body
     * @throws ProblemException {@code REQUEST_TOO_LARGE} beyond the listener's bound
     */
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return in.read(buffer, offset, length);
        } catch (RequestException e) {
            if (e.status().code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
                throw ProblemHandler.ofStatus(e.status().code()).asException();
            }
            throw new IOException(e);
        } catch (CloseConnectionException | UncheckedIOException e) {
            throw new IOException(e);
        } catch (RuntimeException e) {
            if (BrokenRequest.caused(e)) {
                throw new IOException(e);
            }
            throw e;
        }
    }
}
