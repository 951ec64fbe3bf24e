package dev.turnpike.edge.http;

import dev.turnpike.edge.pipeline.TraceHeaders;
import dev.turnpike.runtime.http.ProblemFormat;
import dev.turnpike.runtime.http.RequestId;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.schemas.usage.ClientTrace;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/**
 * Names every reply, good or bad, in the headers in which its client looks: the request's id for
 * Anthropic's SDKs too, which read it from another one, and the client's own id beside ours. Counts
 * what SDKs send once more.
 */
public final class ReplyNames implements Routes.First {
    private static final HeaderName CLIENT_ID = HeaderNames.create("x-client-request-id");

    /** Few, so that no client can make labels: the first retry, the second, and all later ones. */
    private static final List<String> RETRIES = List.of("1", "2", "more");

    private final List<Counter> retries;

    public ReplyNames(MeterRegistry registry) {
        retries =
                RETRIES.stream()
                        .map(retry ->
                                Counter.builder("turnpike.edge.client.retries")
                                        .description("Requests that an SDK had sent before")
                                        .tag("retry", retry)
                                        .register(registry))
                        .toList();
    }

    @Override
    public void see(ServerRequest request, ServerResponse response) {
        TraceHeaders.of(EdgeRoutes.headers(request)).ifPresent(trace -> note(trace, response));
        if (EdgeRoutes.ofAnthropic(request.path().path(), request.headers())) {
            response.header(ProblemFormat.ANTHROPIC.idHeader(), RequestId.of(request));
        }
    }

    private void note(ClientTrace trace, ServerResponse response) {
        var own = trace.requestId();
        if (own != null) {
            response.header(CLIENT_ID, own);
        }
        if (trace.retries() > 0) {
            retries.get(Math.min(trace.retries(), retries.size()) - 1).increment();
        }
    }
}
