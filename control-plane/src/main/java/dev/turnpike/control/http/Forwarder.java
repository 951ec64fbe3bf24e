package dev.turnpike.control.http;

import dev.turnpike.runtime.http.ProblemHandler;
import dev.turnpike.runtime.http.RequestId;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Hands a change to the owner and its answer back. The owner authenticates the sender again by the
 * same key. Thread-safe.
 */
final class Forwarder implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

    private final Headers headers;
    private final List<HeaderName> asked;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    Forwarder(Headers headers) {
        this.headers = headers;
        asked =
                List.of(
                        HeaderNames.AUTHORIZATION,
                        HeaderNames.CONTENT_TYPE,
                        HeaderNames.IF_MATCH,
                        Headers.IDEMPOTENCY_KEY,
                        headers.signature(),
                        headers.timestamp());
    }

    /**
     * Sends the request to {@code owner} and relays its answer.
     *
     * @throws ProblemException {@code unavailable} if there is no owner to be reached; a change may
     *     have happened, so it is safe to repeat only with its {@code Idempotency-Key}
     */
    void forward(
            ServerRequest request, ServerResponse response, byte[] body, Optional<String> owner) {
        if (owner.isEmpty() || request.headers().contains(headers.forwarded())) {
            throw noOwner().asException();
        }
        try {
            relay(
                    client.send(asked(request, body, owner.get()), BodyHandlers.ofByteArray()),
                    response);
        } catch (IOException e) {
            throw noOwner().asException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw noOwner().asException(e);
        }
    }

    private HttpRequest asked(ServerRequest request, byte[] body, String owner) {
        var query = request.prologue().query().rawValue();
        var path = request.prologue().uriPath().rawPath();
        var builder =
                HttpRequest.newBuilder(
                                URI.create(owner + path + (query.isEmpty() ? "" : "?" + query)))
                        .timeout(ANSWER_TIMEOUT)
                        .header(headers.forwarded().defaultCase(), "1")
                        .method(
                                request.prologue().method().text(),
                                BodyPublishers.ofByteArray(body));
        for (var name : asked) {
            request.headers()
                    .first(name)
                    .ifPresent(value -> builder.header(name.defaultCase(), value));
        }
        return builder.build();
    }

    private void relay(HttpResponse<byte[]> answer, ServerResponse response) {
        response.status(Status.create(answer.statusCode()));
        var relayed =
                List.of(
                        HeaderNames.CONTENT_TYPE,
                        HeaderNames.ETAG,
                        HeaderNames.RETRY_AFTER,
                        ProblemHandler.SHOULD_RETRY,
                        RequestId.HEADER,
                        headers.position());
        for (var name : relayed) {
            answer.headers()
                    .firstValue(name.defaultCase())
                    .ifPresent(value -> response.header(name, value));
        }
        response.send(answer.body());
    }

    private static Problem noOwner() {
        return Problem.of(
                ErrorCode.UNAVAILABLE,
                "No replica can take changes now; repeat it with the same Idempotency-Key");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
