package dev.turnpike.runtime.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** The id of a request: made here when it arrives, sent back on every reply, never the client's. */
public final class RequestId {
    /** Reply header that carries it. */
    public static final HeaderName HEADER = HeaderNames.create("x-request-id");

    private RequestId() {}

    /**
     * The id of {@code request}.
     *
     * @throws IllegalStateException if the request did not come through a {@link Listener}
     */
    public static String of(ServerRequest request) {
        var id =
                SeenPeer.of(request) instanceof ClientConnection connection
                        ? connection.requestId()
                        : request.context().get(RequestId.class, String.class).orElse(null);
        if (id == null) {
            throw new IllegalStateException("request without id");
        }
        return id;
    }

    /** It stands at its connection where that serves one request at a time: a context is dear. */
    static void give(String id, ServerRequest request, ServerResponse response) {
        if (SeenPeer.of(request) instanceof ClientConnection connection) {
            connection.requestId(id);
        } else {
            request.context().register(RequestId.class, id);
        }
        response.header(HeaderValues.createCached(HEADER, id));
    }
}
