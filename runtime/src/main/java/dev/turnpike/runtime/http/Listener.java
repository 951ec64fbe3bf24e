package dev.turnpike.runtime.http;

import io.helidon.common.tls.Tls;
import io.helidon.http.HttpLogConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http2.Http2Config;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One named HTTP listener with every bound of the server set. Each request runs on a virtual thread
 * of its own, has an id, and is answered with a problem in the one shape if anything goes wrong.
 * Started and closed by one thread.
 */
public final class Listener implements AutoCloseable {
    /** Longest request line, in bytes. */
    static final int REQUEST_LINE_BYTES_MAX = 8 << 10;

    /** Requests at work at once on one connection of HTTP/2. */
    static final int STREAMS_MAX = 128;

    /** What a client of HTTP/2 may send of a body before somebody has read what came before. */
    public static final int WINDOW_BYTES = 256 << 10;

    /** Streams of one connection that a client may reset within ten seconds. */
    private static final int RESETS_MAX = 100;

    private final String name;
    private final ListenerSettings settings;
    private final Routes routes;
    private final Supplier<String> requestIds;
    private final ProblemHandler problems;
    private final ReadWatch reads;
    private @Nullable SSLContext tls;
    private @Nullable WebServer server;

    /** A listener whose clients all know OpenAI's error envelope. */
    public Listener(
            String name, ListenerSettings settings, Routes routes, Supplier<String> requestIds) {
        this(name, settings, routes, requestIds, (path, headers) -> ProblemFormat.OPENAI);
    }

    /**
     * @param name for logs
     * @param requestIds makes the id of each request; thread-safe
     * @param formats which error envelope a client knows
     */
    public Listener(
            String name,
            ListenerSettings settings,
            Routes routes,
            Supplier<String> requestIds,
            ProblemFormats formats) {
        this.name = name;
        this.settings = settings;
        this.routes = routes;
        this.requestIds = requestIds;
        this.problems = new ProblemHandler(formats, requestIds, settings.headerBytesMax());
        this.reads = new ReadWatch(settings.headTime(), ReadWatch.BODY_MAX, System::nanoTime);
    }

    /** Makes it speak TLS; before {@link #start}. */
    public Listener secured(SSLContext context) {
        tls = context;
        return this;
    }

    /** The handler of problems, for code that must write one itself. */
    public ProblemHandler problems() {
        return problems;
    }

    public String name() {
        return name;
    }

    /**
     * Binds and accepts.
     *
     * @throws RuntimeException if the address cannot be bound
     */
    public void start() {
        if (server != null) {
            throw new IllegalStateException("listener " + name + " is started already");
        }
        var protocol =
                Http1Config.builder()
                        .maxHeadersSize(settings.headerBytesMax())
                        .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                        .validateRequestHeaders(true)
                        // Looked at where they come from: our own are plain by construction.
                        .validateResponseHeaders(false)
                        // HTTP/1.1 needs no word for it, and older versions are refused.
                        .sendKeepAliveHeader(false)
                        // It would write prompts, and asks of every piece whether it is to.
                        .log(HttpLogConfig.builder().sendLog(false).receiveLog(false).build())
                        .build();
        var arrival = new Arrival(reads, requestIds, routes.first(), settings.requestsMax());
        var ways = new Shortcut.Ways(routes.plain(), arrival, problems.errorHandlers());
        var builder =
                WebServer.builder()
                        .shutdownHook(false)
                        .host(settings.host())
                        .port(settings.port())
                        .addConnectionSelector(new StrictHttp1(protocol, reads, ways)) // First.
                        .addConnectionSelector(new SeenHttp2(http2()))
                        .addProtocol(protocol)
                        .maxPayloadSize(settings.bodyBytesMax())
                        .contentEncoding(BodyCoding.leftToReaders())
                        .maxTcpConnections(settings.connectionsMax())
                        .idleConnectionTimeout(settings.idleTimeout())
                        .connectionOptions(socket -> socket.readTimeout(settings.idleTimeout()))
                        .shutdownGracePeriod(settings.drainTime())
                        .directHandlers(problems.directHandlers())
                        .routing(routing -> {
                            routing.addFilter(arrival);
                            routes.register(routing);
                            problems.register(routing);
                        });
        if (tls != null) {
            builder.tls(Tls.builder().sslContext(tls).build());
        }
        server = builder.build().start();
    }

    private Http2Config http2() {
        return Http2Config.builder()
                .maxConcurrentStreams(STREAMS_MAX)
                .initialWindowSize(WINDOW_BYTES)
                .maxHeaderListSize(settings.headerBytesMax())
                .maxRapidResets(RESETS_MAX)
                .build();
    }

    /**
     * The port in use.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public int port() {
        if (server == null) {
            throw new IllegalStateException("listener " + name + " is not started");
        }
        return server.port();
    }

    /** Refuses new connections, waits for running requests up to the drain time, then cuts them. */
    @Override
    public void close() {
        if (server != null) {
            server.stop();
        }
        reads.close();
    }
}
