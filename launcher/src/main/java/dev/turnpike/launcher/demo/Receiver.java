package dev.turnpike.launcher.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The billing system of the story: accepts webhooks on loopback and keeps them to be read. */
final class Receiver implements AutoCloseable {
    /** Deliveries kept until they are read; further ones are refused and come again. */
    static final int DELIVERIES_MAX = 1_000;

    /** Largest delivery, in bytes. */
    static final int BODY_BYTES_MAX = 4 << 20;

    private static final String PATH = "/billing";
    private static final int OK = 200;
    private static final int TOO_LARGE = 413;
    private static final int LATER = 503;

    private final HttpServer server;
    private final ExecutorService threads;
    private final BlockingQueue<Delivery> deliveries = new ArrayBlockingQueue<>(DELIVERIES_MAX);

    /**
     * One request as it came.
     *
     * @param headers names in lower case
     * @param body the raw bytes that were signed
     */
    record Delivery(Map<String, String> headers, byte[] body) {
        /** The header's value, empty when it is missing. */
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    private Receiver(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Starts one on a free port. */
    static Receiver start() {
        try {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            var server = HttpServer.create(address, 0);
            var threads = Executors.newVirtualThreadPerTaskExecutor();
            var receiver = new Receiver(server, threads);
            server.setExecutor(threads);
            server.createContext(PATH, receiver::accept);
            server.start();
            return receiver;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
    }

    /**
     * The next delivery, or empty after {@code patience}.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     */
    Optional<Delivery> next(Duration patience) throws InterruptedException {
        return Optional.ofNullable(deliveries.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void accept(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
            var headers = new HashMap<String, String>();
            exchange.getRequestHeaders()
                    .forEach((name, values) ->
                            headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            int status = OK;
            if (body.length > BODY_BYTES_MAX) {
                status = TOO_LARGE;
            } else if (!deliveries.offer(new Delivery(headers, body))) {
                status = LATER;
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
