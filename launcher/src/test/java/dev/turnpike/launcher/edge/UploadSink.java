package dev.turnpike.launcher.edge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import javax.net.ssl.SSLContext;

/** An upstream that takes files of any length and keeps only their length and checksum. */
final class UploadSink implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final HttpServer server;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile int status = 200;
    private volatile String answer = "{\"text\":\"x\"}";
    private volatile String answerType = "application/json";

    /**
     * A body as it arrived.
     *
     * @param length what its head said; empty where it was chunked
     * @param whole whether it came to its end
     */
    record Taken(Optional<String> length, long bytes, long crc, boolean whole) {}

    UploadSink() throws IOException {
        this(HttpServer.create());
    }

    /** One that speaks TLS. */
    UploadSink(SSLContext tls) throws IOException {
        this(secured(tls));
    }

    private UploadSink(HttpServer server) throws IOException {
        this.server = server;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    private static HttpServer secured(SSLContext tls) throws IOException {
        var server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return server;
    }

    String baseUrl() {
        var scheme = server instanceof HttpsServer ? "https" : "http";
        return scheme + "://localhost:" + server.getAddress().getPort() + "/v1";
    }

    void answers(int newStatus, String type, String body) {
        status = newStatus;
        answerType = type;
        answer = body;
    }

    /** From here on nothing is read behind the first bytes of a body, until it is counted down. */
    CountDownLatch hold() {
        var held = new CountDownLatch(1);
        gate = held;
        return held;
    }

    /** Bodies that are being taken. */
    int open() {
        return open.get();
    }

    /** Bytes of all bodies so far. */
    long bytes() {
        return bytes.get();
    }

    BlockingQueue<Taken> taken() {
        return taken;
    }

    private void take(HttpExchange exchange) throws IOException {
        open.incrementAndGet();
        try (exchange) {
            read(exchange); // Noted before the answer, which is what the test waits for.
            var reply = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", answerType);
            exchange.sendResponseHeaders(status, reply.length);
            exchange.getResponseBody().write(reply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.decrementAndGet();
        }
    }

    private void read(HttpExchange exchange) throws IOException, InterruptedException {
        var crc = new CRC32();
        long count = 0;
        boolean whole = false;
        try {
            var in = exchange.getRequestBody();
            var buffer = new byte[64 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
                count += read;
                bytes.addAndGet(read);
                gate.await();
            }
            whole = true;
        } finally {
            var length = exchange.getRequestHeaders().getFirst("content-length");
            taken.add(new Taken(Optional.ofNullable(length), count, crc.getValue(), whole));
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
