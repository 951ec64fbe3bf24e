package dev.turnpike.edge.http;

import dev.turnpike.runtime.http.Routes;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * Lets pages of any origin call the edge. A browser sends no credential by itself here, only what
 * the page puts into a header, so no origin has to be kept away.
 */
final class Cors implements Routes.First {
    private static final HeaderName ORIGIN = HeaderNames.create("access-control-allow-origin");
    private static final HeaderName METHODS = HeaderNames.create("access-control-allow-methods");
    private static final HeaderName HEADERS = HeaderNames.create("access-control-allow-headers");
    private static final HeaderName MAX_AGE = HeaderNames.create("access-control-max-age");
    private static final HeaderName EXPOSE = HeaderNames.create("access-control-expose-headers");
    private static final HeaderName ASKED_METHOD =
            HeaderNames.create("access-control-request-method");
    private static final HeaderName ASKED_HEADERS =
            HeaderNames.create("access-control-request-headers");
    private static final String DAY_SECONDS = "86400";

    /** Longest list of headers that is said back, in characters. */
    private static final int HEADERS_CHARS_MAX = 4_096;

    @Override
    public void see(ServerRequest request, ServerResponse response) {
        if (!request.headers().contains(HeaderNames.ORIGIN)) {
            return;
        }
        response.header(ORIGIN, "*");
        response.header(EXPOSE, "*");
        boolean preflight =
                request.prologue().method().equals(Method.OPTIONS)
                        && request.headers().contains(ASKED_METHOD);
        if (!preflight) {
            return;
        }
        response.header(METHODS, "GET, HEAD, POST, DELETE, OPTIONS");
        response.header(HEADERS, asked(request));
        response.header(MAX_AGE, DAY_SECONDS);
        response.status(Status.NO_CONTENT_204);
        response.send();
    }

    /** A star would not cover {@code Authorization}, so what is asked for is said back. */
    private static String asked(ServerRequest request) {
        if (!request.headers().contains(ASKED_HEADERS)) {
            return "authorization, content-type";
        }
        var text = request.headers().get(ASKED_HEADERS).get();
        return text.length() <= HEADERS_CHARS_MAX ? text : "authorization, content-type";
    }
}
