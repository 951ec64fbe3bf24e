package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.ErrorCode.Retry;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.ErrorHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns whatever leaves a handler, and whatever the server itself refuses, into one shape of reply.
 * The only place that writes an error; it never repeats a word of the request or of an exception.
 */
public final class ProblemHandler {
    /** Header that tells SDKs whether to send the same request again. */
    public static final HeaderName SHOULD_RETRY = HeaderNames.create("x-should-retry");

    /** The same as {@code Retry-After} to the millisecond; SDKs prefer it. */
    private static final HeaderName RETRY_AFTER_MS = HeaderNames.create("retry-after-ms");

    /** Wait suggested when a problem that waiting cures names none. */
    static final Duration RETRY_AFTER_DEFAULT = Duration.ofSeconds(1);

    private static final Logger LOGGER = LoggerFactory.getLogger(ProblemHandler.class);

    private final ProblemFormats formats;
    private final Supplier<String> requestIds;
    private final int headBytesMax;

    /**
     * @param formats which envelope a client knows
     * @param requestIds makes ids for refused bytes that never became a request
     * @param headBytesMax longest head the server accepts, in bytes
     */
    ProblemHandler(ProblemFormats formats, Supplier<String> requestIds, int headBytesMax) {
        this.headBytesMax = headBytesMax;
        this.formats = formats;
        this.requestIds = requestIds;
    }

    /** Writes {@code problem} as the reply, unless a reply is already on its way. */
    public void send(ServerRequest request, ServerResponse response, Problem problem) {
        if (response.isSent()) {
            return; // Mid-stream: whoever streams tells the client in-band.
        }
        var id = RequestId.of(request);
        var format = formats.of(request.path().path(), request.headers());
        response.status(Status.create(format.status(problem)));
        headers(problem, (name, value) -> response.header(name, value));
        response.header(RequestId.HEADER, id);
        response.header(format.idHeader(), id);
        var body = format.encode(problem, id);
        if (request.prologue().method().equals(Method.HEAD)) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            response.send(); // A body here would be read as the next reply.
        } else {
            response.send(body);
        }
    }

    void register(HttpRouting.Builder routing) {
        routing.error(ProblemException.class, this::refused);
        routing.error(HttpException.class, this::refusedByServer);
        routing.error(Throwable.class, this::unexpected);
    }

    /** The same for requests that do not go the server's way to their route. */
    ErrorHandlers errorHandlers() {
        ErrorHandler<ProblemException> refused = this::refused;
        ErrorHandler<HttpException> refusedByServer = this::refusedByServer;
        ErrorHandler<Throwable> unexpected = this::unexpected;
        return ErrorHandlers.create(
                Map.of(
                        ProblemException.class,
                        refused,
                        HttpException.class,
                        refusedByServer,
                        Throwable.class,
                        unexpected));
    }

    DirectHandlers directHandlers() {
        var handlers = DirectHandlers.builder();
        for (var event : DirectHandler.EventType.values()) {
            handlers.addHandler(event, this::direct);
        }
        return handlers.build();
    }

    private void refused(ServerRequest request, ServerResponse response, ProblemException e) {
        send(request, response, e.problem());
    }

    private void refusedByServer(ServerRequest request, ServerResponse response, HttpException e) {
        if (e.status().code() >= 500 && e.getCause() != null) {
            unexpected(request, response, e.getCause());
        } else {
            send(request, response, ofStatus(e.status().code()));
        }
    }

    private void unexpected(ServerRequest request, ServerResponse response, Throwable bug) {
        if (bug.getCause() instanceof ProblemException wrapped) {
            send(request, response, wrapped.problem());
            return;
        }
        if (BrokenRequest.caused(bug)) {
            response.header(HeaderValues.CONNECTION_CLOSE);
            send(request, response, ofStatus(400));
            return;
        }
        LOGGER.atError()
                .setCause(bug)
                .addKeyValue("requestId", RequestId.of(request))
                .addKeyValue("method", request.prologue().method().text())
                .log("request failed unexpectedly");
        send(request, response, ofStatus(500));
    }

    // The server hands over null where it keeps its own message to itself.
    private DirectHandler.TransportResponse direct(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType event,
            Status status,
            ServerResponseHeaders headers,
            @Nullable String message) {
        // The server itself has one word for every bad head.
        boolean large = status.code() == 400 && ClientConnection.headExceeds(headBytesMax);
        var problem = ofStatus(large ? 431 : status.code());
        var id =
                headers.contains(RequestId.HEADER)
                        ? headers.get(RequestId.HEADER).get()
                        : requestIds.get();
        var format = formats.of(request.path(), request.headers());
        var reply =
                DirectHandler.TransportResponse.builder()
                        .status(Status.create(format.status(problem)))
                        .headers(headers)
                        .keepAlive(event.keepAlive())
                        .header(RequestId.HEADER, id)
                        .header(format.idHeader(), id)
                        .entity(format.encode(problem, id));
        headers(problem, (name, value) -> reply.header(name, value));
        return reply.build();
    }

    private static void headers(Problem problem, BiConsumer<HeaderName, String> header) {
        header.accept(HeaderNames.CONTENT_TYPE, "application/json");
        var code = problem.code();
        var wait = problem.retryAfter();
        if (wait.isEmpty() && problem.retry() == Retry.AFTER_DELAY) {
            wait = Optional.of(RETRY_AFTER_DEFAULT);
        }
        wait.ifPresent(delay -> {
            header.accept(HeaderNames.RETRY_AFTER, wholeSeconds(delay));
            header.accept(RETRY_AFTER_MS, String.valueOf(Math.max(1, delay.toMillis())));
        });
        if (problem.retry() == Retry.AFTER_DELAY) {
            header.accept(SHOULD_RETRY, "true");
        } else if (problem.retry() == Retry.NEVER && retriedByClients(code.httpStatus())) {
            header.accept(SHOULD_RETRY, "false");
        }
    }

    /** Statuses on which SDKs send again unless they are told not to. */
    private static boolean retriedByClients(int status) {
        return status == 408 || status == 409 || status == 429 || status >= 500;
    }

    /** Rounded up: a client that waits this long has waited long enough. */
    private static String wholeSeconds(Duration delay) {
        return String.valueOf(Math.max(1, delay.plusMillis(999).toSeconds()));
    }

    /** The problem for a refusal of the server itself. */
    static Problem ofStatus(int status) {
        var known = BY_STATUS.get(status);
        if (known != null) {
            return known;
        }
        return status < 500 ? BAD_REQUEST : INTERNAL;
    }

    private static final Problem BAD_REQUEST =
            Problem.of(ErrorCode.INVALID_REQUEST, "The request is malformed");
    private static final Problem INTERNAL =
            Problem.of(
                    ErrorCode.INTERNAL, "Something failed here; the request id helps to find it");
    private static final Map<Integer, Problem> BY_STATUS = byStatus();

    private static Map<Integer, Problem> byStatus() {
        var problems = new LinkedHashMap<Integer, Problem>();
        problems.put(403, Problem.of(ErrorCode.PERMISSION_DENIED, "This is not allowed"));
        problems.put(404, Problem.of(ErrorCode.UNKNOWN_URL, "There is no such URL"));
        problems.put(405, Problem.of(ErrorCode.METHOD_NOT_ALLOWED, "This URL has no such method"));
        problems.put(408, Problem.of(ErrorCode.REQUEST_TIMEOUT, "The request took too long"));
        problems.put(413, Problem.of(ErrorCode.REQUEST_TOO_LARGE, "The body is too large"));
        problems.put(431, Problem.of(ErrorCode.HEADERS_TOO_LARGE, "The headers are too large"));
        problems.put(
                501,
                Problem.of(ErrorCode.INVALID_REQUEST, "Transfer-Encoding may only be chunked"));
        problems.put(503, Problem.of(ErrorCode.OVERLOADED, "Too many requests at once"));
        problems.put(
                505,
                Problem.of(
                        ErrorCode.HTTP_VERSION_NOT_SUPPORTED, "This HTTP version is not spoken"));
        return Map.copyOf(problems);
    }
}
