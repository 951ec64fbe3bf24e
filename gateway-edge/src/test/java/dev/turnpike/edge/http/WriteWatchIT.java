package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.pipeline.ClientGoneException;
import dev.turnpike.runtime.http.Listener;
import dev.turnpike.runtime.http.ListenerSettings;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.testkit.net.TestHttp;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriteWatchIT {
    private static final Duration STALL_MAX = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] PIECE = new byte[64 << 10];

    private final WriteWatch watch = new WriteWatch(STALL_MAX, System::nanoTime);
    private final LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final AtomicInteger ids = new AtomicInteger();
    private Listener listener;

    @BeforeEach
    void start() {
        var routes = new Routes();
        routes.get("/endless", (request, response) -> endless(request, response));
        listener = new Listener("test", ListenerSettings.local(), routes, this::id);
        listener.start();
    }

    private String id() {
        return "req_%026d".formatted(ids.incrementAndGet());
    }

    @AfterEach
    void stop() {
        listener.close();
        watch.close();
    }

    private void endless(ServerRequest request, ServerResponse response) {
        try (var guard = watch.guard()) {
            var stream = new HelidonReply(request, response, guard).open(200, "text/event-stream");
            while (true) {
                stream.write(PIECE, 0, PIECE.length);
                stream.flush();
            }
        } catch (ClientGoneException e) {
            // Whoever settles now must not find itself interrupted.
            ends.add("gone, interrupted: " + Thread.currentThread().isInterrupted());
        }
    }

    @Test
    void aClientThatDoesNotReadIsGivenUpAndItsThreadGoesOnInPeace() throws Exception {
        try (var http = get()) {
            assertThat(http.readHead()).isNotNull();
            assertThat(ends.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .isEqualTo("gone, interrupted: false");
        }
        assertThat(watch.guarded()).isZero();
    }

    private TestHttp get() throws IOException {
        return TestHttp.connect(listener.port()).request("GET", "/endless", Map.of(), "");
    }
}
