package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Speaks to one management API with one key. What is safe to repeat is repeated, at most {@link
 * #ATTEMPTS_MAX} times, when the connection breaks or no replica can answer. Thread-safe.
 */
public final class ManagementClient implements AutoCloseable {
    /** Times that a request is sent. */
    static final int ATTEMPTS_MAX = 4;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
    private final URI root;
    private final Secret key;

    /**
     * @param root where the control listener answers, such as {@code http://127.0.0.1:8090}
     */
    public ManagementClient(URI root, Secret key) {
        this.root = root;
        this.key = key;
    }

    /**
     * What the API answers with 200.
     *
     * @throws RefusedException if it answers anything else
     * @throws UnreachableException if it does not answer
     */
    public JsonNode send(Call call) {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == ATTEMPTS_MAX || !call.repeatable();
            try {
                var answer = http.send(request(call), BodyHandlers.ofByteArray());
                if (answer.statusCode() != UNAVAILABLE || last) {
                    return read(answer);
                }
            } catch (IOException e) {
                if (last) {
                    throw new UnreachableException(root + " does not answer: " + reason(e), e);
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            pause(attempt);
        }
    }

    private HttpRequest request(Call call) {
        var builder =
                HttpRequest.newBuilder(root.resolve(call.target()))
                        .timeout(ANSWER_TIMEOUT)
                        .header("authorization", "Bearer " + key.reveal())
                        .header("accept", "application/json");
        call.headers().forEach(builder::header);
        if (call.body() != null) {
            builder.header("content-type", "application/json");
            builder.method(call.method(), BodyPublishers.ofByteArray(call.bytes()));
        } else {
            builder.method(call.method(), BodyPublishers.noBody());
        }
        return builder.build();
    }

    private static JsonNode read(HttpResponse<byte[]> answer) throws IOException {
        var type = answer.headers().firstValue("content-type").orElse("");
        boolean json = type.startsWith("application/json");
        if (answer.statusCode() != OK) {
            throw RefusedException.of(
                    answer.statusCode(),
                    json ? Json.mapper().readTree(answer.body()) : NullNode.instance,
                    answer.headers().firstValue("x-request-id"));
        }
        return json
                ? Json.mapper().readTree(answer.body())
                : TextNode.valueOf(new String(answer.body(), StandardCharsets.UTF_8));
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static void pause(int attempt) {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis() * attempt);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static UnreachableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new UnreachableException("interrupted", e);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
