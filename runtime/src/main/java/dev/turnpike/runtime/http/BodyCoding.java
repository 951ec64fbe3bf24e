package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.encoding.ContentEncodingContextConfig;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;

/**
 * How the body of a request is packed, which its {@code Content-Encoding} says: not at all or with
 * gzip; anything else is 415. The server would unpack by itself, also a body that nobody wants and
 * that is only read to its end; so it is told to leave all bodies as they are, and who wants one
 * unpacks it.
 */
public final class BodyCoding {
    private static final String GZIP = "gzip";

    private BodyCoding() {}

    /**
     * The body as it was before it was packed, read as it comes and no longer than the listener
     * takes bodies. Reading it may throw {@link ProblemException}: {@code REQUEST_TOO_LARGE} beyond
     * that, {@code INVALID_REQUEST} for what was not packed with gzip.
     */
    public static InputStream unpacked(ServerRequest request) {
        var in = request.content().inputStream();
        return packed(request)
                ? new GzipBody(in, request.listenerContext().config().maxPayloadSize())
                : in;
    }

    /**
     * The same, all of it; nothing where there is no body.
     *
     * @throws ProblemException as above
     */
    public static byte[] whole(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (var in = unpacked(request)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * All of a short body from somebody who has shown no key: no packed one, of which few bytes
     * become many, and no more in memory than was sent.
     *
     * @param bytesMax longest body
     * @throws ProblemException {@code REQUEST_TOO_LARGE} or {@code UNSUPPORTED_ENCODING}
     */
    public static byte[] small(ServerRequest request, int bytesMax) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        if (packed(request)) {
            throw Problem.of(
                            ErrorCode.UNSUPPORTED_ENCODING,
                            "The body may not have a Content-Encoding here")
                    .asException();
        }
        try (var in = request.content().inputStream()) {
            var body = in.readNBytes(bytesMax);
            if (in.read() >= 0) {
                throw ProblemHandler.ofStatus(413).asException();
            }
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the body is packed, so that its length says nothing. */
    public static boolean packed(ServerRequest request) {
        return !coding(request.headers()).isEmpty();
    }

    /** The refusal of a packed body where it is used as it comes. */
    public static ProblemException refused() {
        return Problem.of(
                        ErrorCode.UNSUPPORTED_ENCODING,
                        "A body with files may not have a Content-Encoding")
                .asException();
    }

    /** Refuses bodies that nobody here can unpack, and says what can be. */
    static void require(ServerRequest request, ServerResponse response) {
        var coding = coding(request.headers());
        if (!coding.isEmpty() && !coding.equals(GZIP)) {
            response.header(HeaderNames.ACCEPT_ENCODING, GZIP);
            throw Problem.of(
                            ErrorCode.UNSUPPORTED_ENCODING,
                            "The Content-Encoding of a body may only be gzip")
                    .asException();
        }
    }

    /** What has to be undone, in lower case; empty for nothing. */
    private static String coding(Headers headers) {
        if (!headers.contains(HeaderNames.CONTENT_ENCODING)) {
            return "";
        }
        var codings = String.join(",", headers.all(HeaderNames.CONTENT_ENCODING, List::of));
        return switch (codings.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> "";
            case GZIP, "x-gzip" -> GZIP;
            default -> codings; // Several of them, too.
        };
    }

    /** Lets every body through as it is, and packs no reply. */
    static ContentEncodingContext leftToReaders() {
        return new LeftToReaders(
                ContentEncodingContextConfig.builder()
                        .contentEncodingsDiscoverServices(false)
                        .buildPrototype());
    }

    private record LeftToReaders(ContentEncodingContextConfig prototype)
            implements ContentEncodingContext {
        @Override
        public boolean contentEncodingEnabled() {
            return false;
        }

        @Override
        public boolean contentDecodingEnabled() {
            return true;
        }

        @Override
        public boolean contentEncodingSupported(String encodingId) {
            return false;
        }

        @Override
        public boolean contentDecodingSupported(String encodingId) {
            return true;
        }

        @Override
        public ContentEncoder encoder(String encodingId) {
            throw new NoSuchElementException(encodingId);
        }

        @Override
        public ContentDecoder decoder(String encodingId) {
            return ContentDecoder.NO_OP;
        }

        @Override
        public ContentEncoder encoder(Headers headers) {
            return ContentEncoder.NO_OP;
        }
    }
}
