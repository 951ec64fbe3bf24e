package dev.turnpike.launcher.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** JSON over HTTP with one key, as any client would speak it. Thread-safe. */
final class HttpApi {
    /** How long one answer may take, its body included. */
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http;
    private final String root;
    private final String key;

    /**
     * @param root such as {@code http://127.0.0.1:8080}
     * @param key sent as bearer token
     */
    HttpApi(HttpClient http, String root, String key) {
        this.http = http;
        this.root = root;
        this.key = key;
    }

    /**
     * @param body empty when it is not JSON
     */
    record Answer(int status, HttpHeaders headers, ObjectNode body) {
        Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    Answer get(String path) {
        return send(request(path).GET().build());
    }

    Answer post(String path, ObjectNode body) {
        return send(postRequest(path, body));
    }

    Answer delete(String path) {
        return send(request(path).DELETE().build());
    }

    HttpRequest postRequest(String path, ObjectNode body) {
        return request(path)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(root + path))
                .timeout(ANSWER_TIMEOUT)
                .header("authorization", "Bearer " + key);
    }

    private Answer send(HttpRequest request) {
        var response = exchange(request, BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), response.headers(), object(response.body()));
    }

    /**
     * The whole response within {@link #ANSWER_TIMEOUT}.
     *
     * @throws StoryException if there is none
     */
    <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        var what = request.method() + " " + request.uri().getPath();
        var answer = http.sendAsync(request, handler);
        try {
            return answer.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new StoryException(what + " did not end within " + ANSWER_TIMEOUT, e);
        } catch (ExecutionException e) {
            var cause = e.getCause() instanceof IOException io ? io : e;
            throw new StoryException(what + " failed: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoryException("interrupted", e);
        }
    }

    private static ObjectNode object(byte[] body) {
        try {
            return Json.parseObject(body);
        } catch (ProblemException notJson) {
            return Json.object();
        }
    }
}
