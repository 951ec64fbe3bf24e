package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.Listener;
import dev.turnpike.runtime.http.ListenerSettings;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.testkit.net.Reply;
import dev.turnpike.testkit.net.TestHttp;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyNamesIT {
    private static final Map<String, String> ANTHROPIC = Map.of("anthropic-version", "2026-10-21");
    private static final int PATIENCE_SECONDS = 20;

    /** A place is free again a moment after its request was answered, so one would be too few. */
    private static final int REQUESTS_MAX = 2;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger ids = new AtomicInteger();
    private final CountDownLatch entered = new CountDownLatch(REQUESTS_MAX);
    private final CountDownLatch release = new CountDownLatch(1);
    private Listener listener;

    @BeforeEach
    void start() {
        var routes = new Routes().first(new ReplyNames(registry));
        routes.get("/v1/models", (request, response) -> response.send("{}"));
        routes.get(
                "/v1/models/{+model}",
                (request, response) -> {
                    throw Problem.of(ErrorCode.MODEL_NOT_FOUND, "none").asException();
                });
        routes.get(
                "/slow",
                (request, response) -> {
                    entered.countDown();
                    if (!release.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                        throw new IllegalStateException("never released");
                    }
                    response.send("done");
                });
        var settings =
                ListenerSettings.read(
                        Settings.of(Map.of("t.port", "0", "t.requests-max", "" + REQUESTS_MAX)),
                        "t",
                        0);
        listener = new Listener("test", settings, routes, this::id, EdgeRoutes::problemFormat);
        listener.start();
    }

    private String id() {
        return "req_%026d".formatted(ids.incrementAndGet());
    }

    @AfterEach
    void stop() {
        release.countDown();
        listener.close();
    }

    private Reply get(String path, Map<String, String> headers) throws IOException {
        try (var http = TestHttp.connect(listener.port())) {
            return http.request("GET", path, headers, "").read();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/v1/models/absent", "/v1/nothing", "/v1/messages/x"})
    void aClientOfAnthropicFindsTheIdWhereItLooks(String path) throws IOException {
        var reply = get(path, ANTHROPIC);

        assertThat(reply.header("request-id")).isPresent().isEqualTo(reply.header("x-request-id"));
    }

    @Test
    void othersAreNotToldTwice() throws IOException {
        assertThat(get("/v1/models", Map.of()).header("request-id")).isEmpty();
        assertThat(get("/v1/nothing", Map.of()).header("request-id")).isEmpty();
        assertThat(get("/v1/messages/x", Map.of()).header("request-id")).isPresent();
    }

    @Test
    void anErrorOfTheModelsRoutesIsInTheShapeOfTheirAnswers() throws IOException {
        assertThat(get("/v1/models/absent", ANTHROPIC).body())
                .contains("\"type\":\"not_found_error\"", "\"request_id\":\"req_");
        assertThat(get("/v1/models/absent", Map.of()).body())
                .contains("\"code\":\"model_not_found\"");
    }

    @Test
    void anErrorOfARouteThatNobodyOrEitherVendorHasIsInTheClientsShape() throws IOException {
        for (var path : List.of("/v1/files", "/skills", "/v1/complete", "/v1/nothing")) {
            assertThat(get(path, ANTHROPIC).body()).contains("\"type\":\"not_found_error\"");
            assertThat(get(path, Map.of()).body()).contains("\"code\":\"unknown_url\",");
        }
        var own = List.of("/v1/embeddings/x", "/openai/responses/r", "/openai/deployments/a/b/x");
        for (var path : own) {
            assertThat(get(path, ANTHROPIC).body()).contains("\"code\":\"unknown_url\",");
        }
    }

    @Test
    void whatHasNoPlaceIsNamedAsWell() throws Exception {
        try (var http = TestHttp.connect(listener.port());
                var other = TestHttp.connect(listener.port())) {
            http.request("GET", "/slow", Map.of(), "");
            other.request("GET", "/slow", Map.of(), "");
            assertThat(entered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

            var refused =
                    get("/x", Map.of("anthropic-version", "1", "x-client-request-id", "mine"));

            assertThat(refused.status()).isEqualTo(529);
            assertThat(refused.header("request-id")).isEqualTo(refused.header("x-request-id"));
            assertThat(refused.header("x-client-request-id")).contains("mine");
        }
    }

    @ParameterizedTest
    @CsvSource({"x-request-id, /v1/models", "X-Client-Request-Id, /v1/models/absent"})
    void aClientsOwnIdComesBackBesideOurs(String name, String path) throws IOException {
        var reply = get(path, Map.of(name, "order 7"));

        assertThat(reply.header("x-client-request-id")).contains("order 7");
        assertThat(reply.header("x-request-id").orElseThrow()).startsWith("req_");
    }

    @Test
    void anIdThatIsTooLongIsNotSaidBackAndDoesNoHarm() throws IOException {
        var reply = get("/v1/models", Map.of("x-request-id", "x".repeat(513)));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("x-client-request-id")).isEmpty();
    }

    @Test
    void whatSdksSendAgainIsCounted() throws IOException {
        for (var count : new String[] {"0", "1", "1", "2", "3", "99", "many"}) {
            get("/v1/models", Map.of("x-stainless-retry-count", count));
        }

        assertThat(retries("1")).isEqualTo(2);
        assertThat(retries("2")).isEqualTo(1);
        assertThat(retries("more")).isEqualTo(2);
    }

    private double retries(String retry) {
        return registry.get("turnpike.edge.client.retries").tag("retry", retry).counter().count();
    }
}
