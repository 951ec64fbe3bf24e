package dev.turnpike.edge.http;

import dev.turnpike.edge.pipeline.ClientGoneException;
import dev.turnpike.edge.pipeline.ClientReply;
import dev.turnpike.edge.pipeline.InboundRequest;
import dev.turnpike.edge.pipeline.InferencePipeline;
import dev.turnpike.edge.pipeline.ModelsPipeline;
import dev.turnpike.edge.pipeline.Pipelines;
import dev.turnpike.edge.pipeline.Stopwatch;
import dev.turnpike.edge.protocol.OpenAiProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.protocol.Protocol;
import dev.turnpike.edge.protocol.RequestHeaders;
import dev.turnpike.runtime.http.ProblemFormat;
import dev.turnpike.runtime.http.RequestId;
import dev.turnpike.runtime.http.Routes;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The routes that inference clients call. Each is served with and without {@code /v1}. */
public final class EdgeRoutes {
    private static final byte[] NO_BODY = new byte[0];

    /** Longest body, in bytes, for which room is made before it has come. */
    private static final int BODY_BELIEVED_MAX = 64 << 10;

    private final InferencePipeline inference;
    private final ModelsPipeline models;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final WriteWatch writes;

    /**
     * @param nanoTime like {@link System#nanoTime}
     * @param writes ends the replies to clients that do not read
     */
    public EdgeRoutes(
            Pipelines pipelines, InstantSource clock, LongSupplier nanoTime, WriteWatch writes) {
        this.writes = writes;
        this.inference = pipelines.inference();
        this.models = pipelines.models();
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** The error envelope that the clients of a path know. */
    public static ProblemFormat problemFormat(String path) {
        boolean messages = path.startsWith("/v1/messages") || path.startsWith("/messages");
        return messages ? ProblemFormat.ANTHROPIC : ProblemFormat.OPENAI;
    }

    /** Adds the routes. */
    public void addTo(Routes routes) {
        for (var base : new String[] {"/v1", ""}) {
            for (var route : OpenAiRoute.values()) {
                var protocol = new OpenAiProtocol(route);
                routes.post(base + route.path(), (req, res) -> infer(protocol, req, res));
            }
            routes.get(base + "/models", this::listModels);
            routes.get(base + "/models/{+model}", this::retrieveModel);
        }
    }

    private void infer(Protocol protocol, ServerRequest request, ServerResponse response) {
        inference.recognise(inbound(request, NO_BODY));
        serve(response, reply -> inference.serve(protocol, inbound(request, body(request)), reply));
    }

    private void listModels(ServerRequest request, ServerResponse response) {
        serve(response, reply -> models.list(inbound(request, NO_BODY), reply));
    }

    private void retrieveModel(ServerRequest request, ServerResponse response) {
        var model = request.path().pathParameters().get("model");
        serve(response, reply -> models.retrieve(model, inbound(request, NO_BODY), reply));
    }

    private InboundRequest inbound(ServerRequest request, byte[] body) {
        return new InboundRequest(
                new dev.turnpike.schemas.id.RequestId(RequestId.of(request)),
                clock.instant(),
                Stopwatch.start(nanoTime),
                address(request),
                headers(request),
                request.query().rawValue(),
                null,
                body);
    }

    private static byte[] body(ServerRequest request) {
        long length = request.headers().contentLength().orElse(Long.MAX_VALUE);
        try (var in = request.content().inputStream()) {
            // A short body needs no more room than it has; a long one is not believed in advance.
            return length <= BODY_BELIEVED_MAX ? in.readNBytes((int) length) : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RequestHeaders headers(ServerRequest request) {
        return name -> {
            var header = HeaderNames.create(name);
            return request.headers().contains(header)
                    ? Optional.of(request.headers().get(header).get().strip())
                    : Optional.empty();
        };
    }

    private static InetAddress address(ServerRequest request) {
        return request.remotePeer().address() instanceof InetSocketAddress socket
                ? socket.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /** Something that answers a client, or finds it gone. */
    private interface Serving {
        void run(ClientReply reply) throws ClientGoneException;
    }

    private void serve(ServerResponse response, Serving serving) {
        try (var guard = writes.guard()) {
            serving.run(new HelidonReply(response, guard));
        } catch (ClientGoneException e) {
            throw new CloseConnectionException("client gone", e);
        }
    }
}
