package dev.turnpike.edge.http;

import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.upload.SpoolSpace;
import dev.turnpike.edge.upload.Upload;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.runtime.http.BodyCoding;
import dev.turnpike.runtime.http.ClientConnection;
import dev.turnpike.runtime.http.Listener;
import dev.turnpike.runtime.http.RequestBody;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of requests, whole or as they come, within their bounds. Thread-safe.
 *
 * @param memory room for all of them
 * @param disk room for uploads whose model comes late
 * @param uploadBytesMax longest body with files
 * @param nanoTime like {@link System#nanoTime}
 */
public record RequestBodies(
        BodyMemory memory, SpoolSpace disk, long uploadBytesMax, LongSupplier nanoTime) {
    /** The body of {@code request}; close it when the request is over. */
    Reading of(ServerRequest request) {
        return new Reading(request);
    }

    /** One body, and what it takes. One thread. */
    final class Reading implements AutoCloseable {
        private final ServerRequest request;
        private final BodyMemory.Room room = memory.room();
        private @Nullable Upload upload;

        private Reading(ServerRequest request) {
            this.request = request;
        }

        /**
         * Reads it whole.
         *
         * @throws dev.turnpike.runtime.problem.ProblemException if it is too long, or there is no
         *     room for it
         */
        IncomingBody whole() {
            long length =
                    BodyCoding.packed(request)
                            ? Long.MAX_VALUE
                            : request.headers().contentLength().orElse(Long.MAX_VALUE);
            try (var in = BodyCoding.unpacked(request)) {
                return new IncomingBody.Whole(room.read(in, length));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * Begins to read it as it comes.
         *
         * @throws dev.turnpike.runtime.problem.ProblemException as {@link #whole}
         */
        IncomingBody files() {
            if (BodyCoding.packed(request)) {
                throw BodyCoding.refused();
            }
            long length = request.headers().contentLength().orElse(UpstreamBody.UNKNOWN);
            if (length > uploadBytesMax) {
                throw BodyMemory.tooLarge();
            }
            boolean framed = ClientConnection.of(request).isEmpty();
            room.reserve(Upload.MEMORY_BYTES + (framed ? Listener.WINDOW_BYTES : 0));
            var bytes = new UploadBytes(new RequestBody(request), uploadBytesMax, nanoTime);
            var begun = new Upload(bytes, length, disk);
            upload = begun;
            return new IncomingBody.Files(begun);
        }

        @Override
        public void close() {
            try {
                if (upload != null) {
                    upload.close();
                }
            } finally {
                room.close();
            }
        }
    }
}
