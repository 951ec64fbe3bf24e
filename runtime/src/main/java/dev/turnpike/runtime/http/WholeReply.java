package dev.turnpike.runtime.http;

import io.helidon.common.GenericType;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.ServerResponseTrailers;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A reply over HTTP/1.1 that writes itself when it is sent whole, with status 200 and after its
 * request has been read to the end: as the server would, to the byte, but without its detours.
 * Whatever else is asked of it the server's own reply does. One thread.
 */
final class WholeReply implements RoutingResponse {
    private static final byte[] NO_BODY = new byte[0];

    /** Who listens on a connection is one. */
    private static final int LISTENERS_USUAL = 1;

    private final RoutingRequest request;
    private final RoutingResponse reply;
    private final ReplyBuffer buffer;
    private final List<Runnable> whenSent = new ArrayList<>(LISTENERS_USUAL);
    private boolean changedOnItsWay;
    private boolean sent;
    private long written;

    /**
     * @param reply the server's own
     */
    WholeReply(RoutingRequest request, RoutingResponse reply, ReplyBuffer buffer) {
        this.request = request;
        this.reply = reply;
        this.buffer = buffer;
    }

    @Override
    public void send() {
        send(NO_BODY);
    }

    @Override
    public void send(byte[] body) {
        requireUnsent();
        if (plain()) {
            sendPlain(body);
        } else {
            reply.send(body);
        }
    }

    /**
     * A body that has not been read is the server's matter: what comes of it is said in a reply.
     */
    private boolean plain() {
        var headers = reply.headers();
        return !changedOnItsWay
                && reply.status().equals(Status.OK_200)
                && !reply.hasEntity()
                && request.content().consumed()
                && !headers.contains(HeaderNames.TRANSFER_ENCODING)
                && !headers.contains(HeaderNames.TRAILER);
    }

    private void sendPlain(byte[] body) {
        var headers = reply.headers();
        if (!headers.contains(HeaderNames.CONTENT_LENGTH)) {
            var length = Integer.toString(body.length);
            headers.set(HeaderValues.createCached(HeaderNames.CONTENT_LENGTH, length));
        }
        if (ClientConnection.has(request.headers(), HeaderValues.CONNECTION_CLOSE)) {
            headers.set(HeaderValues.CONNECTION_CLOSE);
        }
        sent = true;
        written = buffer.write(headers, body);
        for (int i = 0; i < whenSent.size(); i++) {
            whenSent.get(i).run();
        }
    }

    private void requireUnsent() {
        if (sent) {
            throw new IllegalStateException("the reply is sent already");
        }
    }

    @Override
    public void send(byte[] bytes, int position, int length) {
        requireUnsent();
        reply.send(bytes, position, length);
    }

    @Override
    public void send(Object entity) {
        if (entity instanceof byte[] body) {
            send(body);
        } else {
            requireUnsent();
            reply.send(entity);
        }
    }

    @Override
    public boolean isSent() {
        return sent || reply.isSent();
    }

    @Override
    public boolean hasEntity() {
        return sent || reply.hasEntity();
    }

    @Override
    public long bytesWritten() {
        return sent ? written : reply.bytesWritten();
    }

    @Override
    public boolean reset() {
        return !sent && reply.reset();
    }

    @Override
    public boolean resetStream() {
        return !sent && reply.resetStream();
    }

    @Override
    public ServerResponse status(Status status) {
        requireUnsent();
        reply.status(status);
        return this;
    }

    @Override
    public Status status() {
        return reply.status();
    }

    @Override
    public ServerResponse header(Header header) {
        requireUnsent();
        reply.header(header);
        return this;
    }

    @Override
    public ServerResponseHeaders headers() {
        return reply.headers();
    }

    @Override
    public OutputStream outputStream() {
        requireUnsent();
        return reply.outputStream();
    }

    @Override
    public ServerResponse beforeSend(Runnable listener) {
        changedOnItsWay = true;
        reply.beforeSend(listener);
        return this;
    }

    @Override
    public ServerResponse whenSent(Runnable listener) {
        whenSent.add(listener);
        reply.whenSent(listener);
        return this;
    }

    @Override
    public void streamFilter(UnaryOperator<OutputStream> filter) {
        requireUnsent();
        changedOnItsWay = true;
        reply.streamFilter(filter);
    }

    @Override
    public <T extends Sink<?>> T sink(GenericType<T> type) {
        requireUnsent();
        return reply.sink(type);
    }

    @Override
    public ServerResponseTrailers trailers() {
        return reply.trailers();
    }

    @Override
    public ServerResponse beforeTrailers(Consumer<ServerResponseTrailers> listener) {
        reply.beforeTrailers(listener);
        return this;
    }

    @Override
    public void streamResult(String result) {
        reply.streamResult(result);
    }

    @Override
    public void commit() {
        reply.commit();
    }

    @Override
    public ServerResponse reroute(String path) {
        reply.reroute(path);
        return this;
    }

    @Override
    public ServerResponse reroute(String path, UriQuery query) {
        reply.reroute(path, query);
        return this;
    }

    @Override
    public ServerResponse next() {
        reply.next();
        return this;
    }

    @Override
    public void resetRouting() {
        reply.resetRouting();
    }

    @Override
    public boolean shouldReroute() {
        return reply.shouldReroute();
    }

    @Override
    public HttpPrologue reroutePrologue(HttpPrologue prologue) {
        return reply.reroutePrologue(prologue);
    }

    @Override
    public boolean isNexted() {
        return reply.isNexted();
    }
}
