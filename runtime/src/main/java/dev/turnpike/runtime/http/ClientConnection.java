package dev.turnpike.runtime.http;

import dev.turnpike.runtime.lifecycle.Turn;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of one HTTP/1.1 connection, which can be asked whether the client is still there
 * while a request of it is at work. A closed connection shows only to who reads, so from the first
 * question on a thread of its own waits for bytes; what it finds is left for the next request. A
 * client that closes its writing side has left as well.
 *
 * <p>One thread serves the connection. Who asks does so on that thread, or while it waits under a
 * lock that it must take to go on. Another thread, at most one, looks.
 */
public final class ClientConnection implements SeenPeer.Seen {
    private static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

    /**
     * The longest name of a host with its port. A client may say more, and again if it likes; an
     * idle connection holds no more of it.
     */
    static final int HOST_CHARS_KEPT_MAX = 253 + 6;

    private final DataReader begun;
    private final Supplier<byte[]> socket;
    private final ReadWatch watch;
    private @Nullable Look look;
    private Part part = Part.NONE;
    private long partBytes;
    private boolean partAwaited;
    private long partAwaitedSince;
    private boolean requestDue = true;
    private boolean over;
    private @Nullable String requestId;
    private @Nullable HttpPrologue line;
    private @Nullable String host;

    /** What is being read. */
    private enum Part {
        /** Nothing: the client may take its time. */
        NONE,
        HEAD,
        BODY
    }

    /**
     * @param begun what was read to tell which protocol is spoken; read on by nobody
     * @param socket what comes after that; read by nobody else
     */
    ClientConnection(DataReader begun, Supplier<byte[]> socket, ReadWatch watch) {
        this.begun = begun;
        this.socket = socket;
        this.watch = watch;
    }

    /** The first line of a request has come. */
    void begins(HttpPrologue first) {
        line = first;
    }

    /**
     * The first line of the request whose head is being read.
     *
     * @throws IllegalStateException where none is
     */
    HttpPrologue line() {
        if (line == null) {
            throw new IllegalStateException("no request has begun");
        }
        return line;
    }

    /** Whether the request before was to this host as well, to the letter. */
    boolean saidBefore(String other) {
        return other.equals(host);
    }

    /** The request is to this host, which is one. */
    void says(String another) {
        host = another.length() <= HOST_CHARS_KEPT_MAX ? another : null;
    }

    /** The head of a request has come, so what comes now is its body. */
    void serves(RoutingRequest request, RoutingResponse response) {
        begins(Part.BODY);
        line = null; // May be long, and the connection idle for long.
        if (has(request.headers(), HeaderValues.EXPECT_100)) {
            response.beforeSend(() -> closeUnlessAsked(request, response));
        }
        response.whenSent(() -> replied(response.headers()));
    }

    /** The request is answered, well or not. */
    void served(RoutingRequest request) {
        var body = request.content();
        // The server reads on in a body that nobody wanted, before the next request.
        begins(!body.hasEntity() || body.consumed() ? Part.NONE : Part.BODY);
        requestDue = true;
    }

    /** Whether the words of a header are among those said; looked for only where it is there. */
    static boolean has(Headers headers, Header wanted) {
        return headers.contains(wanted.headerName()) && headers.containsToken(wanted);
    }

    void requestId(String id) {
        requestId = id;
    }

    /** The id of the request that is served now; there is one at a time. */
    @Nullable String requestId() {
        return requestId;
    }

    /**
     * A client that waits to be asked for its body may send it all the same. The server believes
     * that no body comes when it has not asked, and would read one as the next request.
     */
    private static void closeUnlessAsked(RoutingRequest request, RoutingResponse response) {
        if (!request.continueSent() && request.content().hasEntity()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
    }

    /** The server itself reads on after a reply that said the connection is closed. */
    private void replied(Headers headers) {
        over |= has(headers, HeaderValues.CONNECTION_CLOSE);
    }

    /** Whether a reply has said that no further request is served. */
    boolean over() {
        return over;
    }

    /**
     * Whether the next line is the first of a request; true once for each request.
     *
     * @param come bytes behind what was read so far
     */
    boolean awaitsRequest(int come) {
        boolean due = requestDue;
        requestDue = false;
        if (due && part == Part.BODY) { // One that nobody wanted, and that is at its end.
            begins(come > 0 ? Part.HEAD : Part.NONE);
            partBytes = come;
        }
        return due;
    }

    /** What has come did not begin a request. */
    void idles() {
        begins(Part.NONE);
    }

    private void begins(Part next) {
        part = next;
        partBytes = 0;
        partAwaited = false;
    }

    /** The connection on which {@code request} came; none where it is not HTTP/1.1. */
    public static Optional<ClientConnection> of(ServerRequest request) {
        return SeenPeer.of(request) instanceof ClientConnection connection
                ? Optional.of(connection)
                : Optional.empty();
    }

    /** Whether a head is being read that is longer than so many bytes. */
    static boolean headExceeds(int bytes) {
        return CURRENT.isBound()
                && CURRENT.get().part == Part.HEAD
                && CURRENT.get().partBytes > bytes;
    }

    /** Something that serves a connection. */
    interface Serving {
        void run() throws InterruptedException;
    }

    void call(Serving serving) throws InterruptedException {
        ScopedValue.where(CURRENT, this)
                .call(() -> {
                    serving.run();
                    return this;
                });
    }

    /**
     * Whether the client has not closed the connection. Answers at once; the first answer is always
     * yes. Ask only while the body of its request is read and the reply is not finished.
     */
    public boolean present() {
        var running = look;
        if (running == null) {
            if (begun.available() > 0) {
                return true; // It has sent its next request already.
            }
            running = new Look();
            look = running;
            Thread.ofVirtual().name("client-look").start(running);
        }
        return !running.end;
    }

    /** The bytes that have come, after waiting for some; null when there are no more. */
    byte @Nullable [] read() {
        var come = come();
        if (part == Part.NONE) {
            come = come == null ? receiveNext() : come;
            begins(Part.HEAD);
        } else if (come == null) {
            come = readOn();
        }
        partBytes += come == null ? 0 : come.length;
        return come;
    }

    /** What has come already, if anything. */
    private byte @Nullable [] come() {
        int before = begun.available();
        if (before > 0) {
            return begun.readBytes(before);
        }
        var running = look;
        look = null;
        return running == null ? null : running.await();
    }

    private byte @Nullable [] receiveNext() {
        Turn.giveWay(); // Who asks again at once has done so by then.
        return receive();
    }

    private byte @Nullable [] receive() {
        try {
            return socket.get();
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("cannot read from the client", e);
        }
    }

    private byte @Nullable [] readOn() {
        if (!partAwaited) { // Most heads and bodies come as one piece, and need no clock.
            partAwaited = true;
            partAwaitedSince = watch.now();
        }
        var read =
                part == Part.HEAD
                        ? watch.head(partAwaitedSince)
                        : watch.body(partAwaitedSince, partBytes);
        boolean late = false;
        byte @Nullable [] come = null;
        try {
            come = receive();
        } finally {
            late = read.ends();
        }
        if (late) {
            throw new CloseConnectionException("the client sends too slowly");
        }
        return come;
    }

    /** Waits for bytes and keeps them for who reads next. */
    private final class Look implements Runnable {
        private final CountDownLatch over = new CountDownLatch(1);
        private byte @Nullable [] come;
        private volatile boolean end;

        @Override
        public void run() {
            try {
                come = receive();
                end = come == null;
            } catch (ServerConnectionException e) {
                // Silence for as long as an idle connection may last is no departure.
                end = !silence(e);
            } finally {
                over.countDown();
            }
        }

        private static boolean silence(RuntimeException failure) {
            var cause = failure.getCause();
            return cause instanceof SocketTimeoutException
                    || (cause != null && cause.getCause() instanceof SocketTimeoutException);
        }

        /** What it found; null where nothing has come. */
        byte @Nullable [] await() {
            try {
                over.await();
                return come;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CloseConnectionException("the server stops", e);
            }
        }
    }
}
