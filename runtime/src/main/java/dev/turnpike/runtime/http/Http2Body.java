package dev.turnpike.runtime.http;

import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request of HTTP/2, which must keep coming. The server waits for its next frame
 * without a bound, even when the connection has ended, so every wait is watched as one of HTTP/1.1
 * is. Used by the request's thread only.
 */
final class Http2Body {
    private static final int SCRAP_BYTES = 8 << 10;

    private final ReadWatch watch;
    private final Http2Frames frames;
    private final int stream;
    private final long began;
    private long come;
    private @Nullable InputStream opened;

    private Http2Body(ReadWatch watch, Http2Frames frames, int stream) {
        this.watch = watch;
        this.frames = frames;
        this.stream = stream;
        this.began = watch.now();
    }

    /** Watches the body of a request from here on. */
    static Http2Body watched(ReadWatch watch, Http2Frames frames, RoutingRequest request) {
        var body = new Http2Body(watch, frames, request.id());
        request.streamFilter(body::watched);
        return body;
    }

    private InputStream watched(InputStream in) {
        var watched = new Watched(in);
        opened = watched;
        return watched;
    }

    /** The server itself would read the rest of a body that was begun, and unwatched. */
    void readOn() {
        var in = opened;
        if (in == null) {
            return;
        }
        var scrap = new byte[SCRAP_BYTES];
        try {
            while (in.read(scrap) >= 0) {}
        } catch (RequestException | CloseConnectionException | IOException e) {
            return; // Then there is no more to read.
        }
    }

    /** Bytes that are waited for within bounds. */
    private final class Watched extends InputStream {
        private final InputStream in;

        Watched(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            int count = read(one, 0, 1);
            return count < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, buffer.length);
            var waiting = watch.body(began, come, () -> !frames.present(stream));
            int count = -1;
            boolean ended = false;
            try {
                count = in.read(buffer, offset, length);
            } finally {
                ended = waiting.ends();
            }
            if (ended) {
                throw new CloseConnectionException("the client left or sends too slowly");
            }
            come += Math.max(0, count);
            return count;
        }
    }
}
