package dev.turnpike.runtime.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.ServerRequest;
import java.util.function.Supplier;

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
        return request.context()
                .get(RequestId.class, String.class)
                .orElseThrow(() -> new IllegalStateException("request without id"));
    }

    static Filter filter(Supplier<String> ids) {
        return (chain, request, response) -> {
            var id = ids.get();
            request.context().register(RequestId.class, id);
            response.header(HEADER, id);
            chain.proceed();
        };
    }
}
