package dev.turnpike.launcher.faults;

import dev.turnpike.testkit.net.TestHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that call the gateway without pause, streams and plain answers in turn, and never retry.
 */
final class Load implements AutoCloseable {
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    private final int port;
    private final Map<String, String> headers;
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean stopping;

    Load(int port, String apiKey, int clientCount) {
        this.port = port;
        this.headers = Map.of("authorization", "Bearer " + apiKey);
        for (int i = 0; i < clientCount; i++) {
            int number = i;
            clients.add(Thread.ofVirtual().name("client-" + i).start(() -> run(number)));
        }
    }

    /** Requests that were answered whole with 200. */
    int answered() {
        return answered.get();
    }

    /** Requests that broke off or were answered otherwise. */
    int broken() {
        return broken.get();
    }

    private void run(int number) {
        for (int i = number; !stopping; i++) {
            if (call(i % 2 == 0)) {
                answered.incrementAndGet();
            } else {
                broken.incrementAndGet();
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
            }
        }
    }

    private boolean call(boolean stream) {
        var body =
                "{\"model\":\"acme/slow\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"
                        .formatted(stream);
        try (var http = TestHttp.connect(port)) {
            var reply = http.postJson("/v1/chat/completions", headers, body).read();
            return reply.status() == 200 && reply.whole();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the load and waits for what is running. */
    @Override
    public void close() {
        stopping = true;
        try {
            for (var client : clients) {
                client.join(STOP_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
