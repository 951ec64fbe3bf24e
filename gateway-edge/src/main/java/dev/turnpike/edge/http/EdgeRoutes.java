package dev.turnpike.edge.http;

import dev.turnpike.edge.pipeline.ClientGoneException;
import dev.turnpike.edge.pipeline.ClientReply;
import dev.turnpike.edge.pipeline.CountTokensPipeline;
import dev.turnpike.edge.pipeline.InboundRequest;
import dev.turnpike.edge.pipeline.InferencePipeline;
import dev.turnpike.edge.pipeline.ModelsPipeline;
import dev.turnpike.edge.pipeline.Pipelines;
import dev.turnpike.edge.pipeline.Stopwatch;
import dev.turnpike.edge.pipeline.StoredPipeline;
import dev.turnpike.edge.pipeline.StoredPipeline.Action;
import dev.turnpike.edge.protocol.Counting;
import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.protocol.MessagesProtocol;
import dev.turnpike.edge.protocol.MultipartProtocol;
import dev.turnpike.edge.protocol.OpenAiProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.protocol.Protocol;
import dev.turnpike.edge.protocol.RequestHeaders;
import dev.turnpike.runtime.http.ProblemFormat;
import dev.turnpike.runtime.http.RequestId;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The routes that inference clients call. Each is served with and without {@code /v1}. */
public final class EdgeRoutes {

    /** In front of every route: with and without version, and as Azure's clients have it. */
    private static final List<String> BASES = List.of("/v1", "", "/openai/v1", "/openai");

    /** In front of a model and then a route. */
    private static final List<String> DEPLOYMENTS =
            List.of("/openai/deployments/", "/v1/engines/", "/engines/");

    private static final Map<String, Function<ServerRequest, Protocol>> BY_PATH = byPath();

    private static final String MODELS = "/models";
    private static final List<String> MESSAGES_PATHS = based(MessagesProtocol.PATH);
    private static final List<String> OPENAI_PATHS = openAiPaths();

    /** Sent by the clients of one vendor only. */
    private static final HeaderName ANTHROPIC_VERSION = HeaderNames.create("anthropic-version");

    private final InferencePipeline inference;
    private final CountTokensPipeline counting;
    private final ModelsPipeline models;
    private final StoredPipeline stored;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final WriteWatch writes;
    private final RequestBodies bodies;
    private final TrustedProxies proxies;

    /**
     * @param nanoTime like {@link System#nanoTime}
     * @param writes ends the replies to clients that do not read
     * @param proxies whose word on a client's address is believed
     */
    public EdgeRoutes(
            Pipelines pipelines,
            InstantSource clock,
            LongSupplier nanoTime,
            WriteWatch writes,
            RequestBodies bodies,
            TrustedProxies proxies) {
        this.bodies = bodies;
        this.proxies = proxies;
        this.writes = writes;
        this.inference = pipelines.inference();
        this.counting = pipelines.counting();
        this.models = pipelines.models();
        this.stored = pipelines.stored();
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    private static Map<String, Function<ServerRequest, Protocol>> byPath() {
        var protocols = new HashMap<String, Function<ServerRequest, Protocol>>();
        for (var route : OpenAiRoute.values()) {
            if (route.answers()) {
                var protocol = new OpenAiProtocol(route);
                protocols.put(route.path(), request -> protocol);
            }
        }
        for (var route : MultipartProtocol.Route.values()) {
            protocols.put(route.path(), protocol(route));
        }
        return Map.copyOf(protocols);
    }

    /**
     * The error envelope that a client knows: by the route where one vendor alone has it, else by
     * what the client sends. Both have models, and either may ask for what is not here.
     */
    public static ProblemFormat problemFormat(String path, Headers headers) {
        boolean anthropic =
                below(MESSAGES_PATHS, path)
                        || (headers.contains(ANTHROPIC_VERSION) && !below(OPENAI_PATHS, path));
        return anthropic ? ProblemFormat.ANTHROPIC : ProblemFormat.OPENAI;
    }

    private static List<String> openAiPaths() {
        return Stream.concat(
                        BY_PATH.keySet().stream().flatMap(route -> based(route).stream()),
                        DEPLOYMENTS.stream().map(base -> base.substring(0, base.length() - 1)))
                .toList();
    }

    /** Whether a client reads the headers of Anthropic's replies; of whatever it asks for. */
    static boolean ofAnthropic(String path, Headers headers) {
        return headers.contains(ANTHROPIC_VERSION) || below(MESSAGES_PATHS, path);
    }

    private static List<String> based(String route) {
        return BASES.stream().map(base -> base + route).toList();
    }

    private static boolean below(List<String> routes, String path) {
        for (var route : routes) {
            if (path.startsWith(route)
                    && (path.length() == route.length() || path.charAt(route.length()) == '/')) {
                return true;
            }
        }
        return false;
    }

    /** Adds the routes. Paths are asked for in this order, so the one most used stands first. */
    public void addTo(Routes routes) {
        routes.first(new Cors());
        for (var base : BASES) {
            for (var route : OpenAiRoute.values()) {
                if (route.answers() && route != OpenAiRoute.IMAGE_EDITS) {
                    post(routes, base + route.path(), serving(new OpenAiProtocol(route)));
                }
            }
            for (var route : MultipartProtocol.Route.values()) {
                post(routes, base + route.path(), serving(protocol(route)));
            }
            post(routes, base + MessagesProtocol.PATH, messages());
            for (var counting : Counting.values()) {
                post(routes, base + counting.path(), counting(counting));
            }
            models(routes, base);
            stored(routes, base);
        }
        for (var base : DEPLOYMENTS) {
            routes.post(base + "{+deployment}", (req, res) -> deployment(base, req, res));
        }
    }

    private static void post(Routes routes, String path, Handler handler) {
        on(routes, Method.POST, path, handler);
    }

    private static void get(Routes routes, String path, Handler handler) {
        on(routes, Method.GET, path, handler);
        routes.on(Method.HEAD, PathMatchers.create(path), handler);
        routes.on(Method.HEAD, PathMatchers.create(path + "/"), handler);
    }

    /** With and without a slash at the end. */
    private static void on(Routes routes, Method method, String path, Handler handler) {
        routes.on(method, path, handler);
        routes.on(method, PathMatchers.create(path + "/"), handler);
    }

    private void models(Routes routes, String base) {
        get(routes, base + MODELS, this::listModels);
        var one = base + MODELS + "/{+model}";
        routes.get(one, this::retrieveModel);
        routes.on(Method.HEAD, PathMatchers.create(one), this::retrieveModel);
    }

    private void stored(Routes routes, String base) {
        var one = base + "/responses/{response}";
        on(routes, Method.GET, one, stored(Action.READ));
        on(routes, Method.DELETE, one, stored(Action.DELETE));
        on(routes, Method.GET, one + Action.READ_INPUT.suffix(), stored(Action.READ_INPUT));
        on(routes, Method.POST, one + Action.CANCEL.suffix(), stored(Action.CANCEL));
    }

    private Handler stored(Action action) {
        return (request, response) -> {
            var id = request.path().pathParameters().get("response");
            serve(
                    request,
                    response,
                    reply -> stored.serve(action, id, inbound(request, null), reply));
        };
    }

    /** A route that takes files; newer clients send JSON to one of them. */
    private static Function<ServerRequest, Protocol> protocol(MultipartProtocol.Route route) {
        var files = new MultipartProtocol(route);
        if (route != MultipartProtocol.Route.IMAGE_EDITS) {
            return request -> files;
        }
        var json = new OpenAiProtocol(OpenAiRoute.IMAGE_EDITS);
        return request -> {
            var type = request.headers().contentType();
            return type.isPresent() && type.get().subtype().equals("json") ? json : files;
        };
    }

    private Handler serving(Protocol protocol) {
        return (request, response) -> infer(protocol, null, request, response);
    }

    private Handler serving(Function<ServerRequest, Protocol> protocol) {
        return (request, response) -> infer(protocol.apply(request), null, request, response);
    }

    private void infer(
            Protocol protocol,
            @Nullable String pathModel,
            ServerRequest request,
            ServerResponse response) {
        var head = inbound(request, pathModel);
        var caller = inference.recognise(protocol, head);
        try (var reading = bodies.of(request)) {
            serve(
                    request,
                    response,
                    reply -> {
                        var body = protocol.takesFiles() ? reading.files() : reading.whole();
                        inference.serve(protocol, caller, whole(head, body), reply);
                    });
        }
    }

    private void deployment(String base, ServerRequest request, ServerResponse response) {
        var rest = request.prologue().uriPath().rawPath().substring(base.length());
        var path =
                DeploymentPath.parse(rest, List.copyOf(BY_PATH.keySet()))
                        .orElseThrow(() ->
                                Problem.of(ErrorCode.UNKNOWN_URL, "There is no such URL")
                                        .asException());
        var protocol = Objects.requireNonNull(BY_PATH.get(path.operation()));
        infer(protocol.apply(request), path.model(), request, response);
    }

    private Handler messages() {
        var protocol = MessagesProtocol.messages();
        return (request, response) -> infer(protocol, null, request, response);
    }

    private Handler counting(Counting route) {
        return (request, response) -> {
            var head = inbound(request, null);
            var caller = counting.recognise(head);
            try (var reading = bodies.of(request)) {
                serve(
                        request,
                        response,
                        reply -> {
                            var inbound = whole(head, reading.whole());
                            counting.serve(route, caller, inbound, reply);
                        });
            }
        };
    }

    private void listModels(ServerRequest request, ServerResponse response) {
        serve(request, response, reply -> models.list(inbound(request, null), reply));
    }

    private void retrieveModel(ServerRequest request, ServerResponse response) {
        var named = request.path().pathParameters().get("model");
        var model = named.endsWith("/") ? named.substring(0, named.length() - 1) : named;
        serve(request, response, reply -> models.retrieve(model, inbound(request, null), reply));
    }

    /** A request whose head has come. */
    private InboundRequest inbound(ServerRequest request, @Nullable String pathModel) {
        return new InboundRequest(
                new dev.turnpike.schemas.id.RequestId(RequestId.of(request)),
                clock.instant(),
                Stopwatch.start(nanoTime),
                address(request),
                headers(request),
                request.query().rawValue(),
                pathModel,
                IncomingBody.NONE);
    }

    /** The same request, now that its body has come. */
    private InboundRequest whole(InboundRequest head, IncomingBody body) {
        return head.with(body, clock.instant(), Stopwatch.start(nanoTime));
    }

    static RequestHeaders headers(ServerRequest request) {
        return new SentHeaders(request);
    }

    private InetAddress address(ServerRequest request) {
        var peer =
                request.remotePeer().address() instanceof InetSocketAddress socket
                        ? socket.getAddress()
                        : InetAddress.getLoopbackAddress();
        return proxies.trust(peer)
                ? proxies.client(peer, request.headers().values(HeaderNames.X_FORWARDED_FOR))
                : peer;
    }

    /** Something that answers a client, or finds it gone. */
    private interface Serving {
        void run(ClientReply reply) throws ClientGoneException;
    }

    private void serve(ServerRequest request, ServerResponse response, Serving serving) {
        try (var guard = writes.guard()) {
            var reply = new HelidonReply(request, response, guard);
            boolean head = request.prologue().method().equals(Method.HEAD);
            serving.run(head ? new HeadReply(reply) : reply);
        } catch (ClientGoneException e) {
            throw new CloseConnectionException("client gone", e);
        } catch (UncheckedIOException e) {
            var cause = e.getCause();
            if (cause != null && cause.getCause() instanceof CloseConnectionException closed) {
                throw closed; // Whoever reads the body found the connection at its end.
            }
            throw e;
        }
    }
}
