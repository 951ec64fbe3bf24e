package dev.turnpike.runtime.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * The server's HTTP/1.1, reading through a {@link StrictReader}. It offers no upgrade: a client
 * that wants HTTP/2 says so with its first bytes. One of HTTP/1.0 is taken as well, so that it is
 * told that its version is not spoken.
 */
final class StrictHttp1 implements ServerConnectionSelector {
    private static final String OLDER = " HTTP/1.0\r";

    private final ServerConnectionSelector lenient;
    private final ReadWatch reads;
    private final Shortcut.Ways ways;

    /**
     * @param reads ends requests that come in drops
     * @param ways of most requests to their routes
     */
    StrictHttp1(Http1Config config, ReadWatch reads, Shortcut.Ways ways) {
        this.reads = reads;
        this.ways = ways;
        this.lenient =
                Http1ConnectionSelector.builder()
                        .config(withHeadCheck(config, ways.routes()))
                        .build();
    }

    @SuppressWarnings("removal") // The server would look at the same path and host every time.
    private static Http1Config withHeadCheck(Http1Config config, PlainRoutes routes) {
        return Http1Config.builder(config)
                .validatePath(false)
                .validateRequestHostHeader(false)
                .addReceiveListener(new HeadCheck(routes))
                .build();
    }

    @Override
    public int bytesToIdentifyConnection() {
        return lenient.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        skipEmptyLine(data);
        if (lenient.supports(data) == Support.SUPPORTED) {
            return Support.SUPPORTED;
        }
        data.rewind();
        skipEmptyLine(data);
        int end = data.indexOf((byte) '\n');
        return end > 0 && data.readString(end).endsWith(OLDER)
                ? Support.SUPPORTED
                : Support.UNSUPPORTED;
    }

    /** {@link StrictReader} overlooks one, too. */
    private static void skipEmptyLine(BufferData data) {
        if (data.available() >= 2 && data.get(0) == '\r' && data.get(1) == '\n') {
            data.skip(2);
        }
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return lenient.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        var client = new ClientConnection(context.dataReader(), context.serverSocket(), reads);
        var peer = new SeenPeer(context.remotePeer(), client);
        var server = context.router().routing(HttpRouting.class, HttpRouting.empty());
        var routing = new Shortcut(ways, server, context.dataWriter());
        var router = new SeenRouter(context.router(), routing);
        var strict = new SeenContext(context, new StrictReader(client), peer, router);
        return new Known(lenient.connection(strict), client);
    }

    /** A connection whose handlers can ask whether its client is still there. */
    private record Known(ServerConnection connection, ClientConnection client)
            implements ServerConnection, InterruptableTask<Void> {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            client.call(() -> connection.handle(limit));
        }

        @Override
        @SuppressWarnings("removal") // Whoever still calls it means the other.
        public void handle(Semaphore limit) throws InterruptedException {
            client.call(() -> connection.handle(limit));
        }

        @Override
        public Duration idleTime() {
            return connection.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            connection.close(interrupt);
        }

        @Override
        public boolean canInterrupt() {
            return connection instanceof InterruptableTask<?> task && task.canInterrupt();
        }
    }
}
