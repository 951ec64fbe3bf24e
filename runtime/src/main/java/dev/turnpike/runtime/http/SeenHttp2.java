package dev.turnpike.runtime.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Optional;
import java.util.Set;

/** The server's HTTP/2, reading through {@link Http2Frames}. */
final class SeenHttp2 implements ServerConnectionSelector {
    private final ServerConnectionSelector selector;

    SeenHttp2(Http2Config config) {
        selector = Http2ConnectionSelector.builder().http2Config(config).build();
    }

    /** The frames of the connection on which a request came; empty where it is not HTTP/2. */
    static Optional<Http2Frames> frames(ServerRequest request) {
        return SeenPeer.of(request) instanceof Http2Frames frames
                ? Optional.of(frames)
                : Optional.empty();
    }

    @Override
    public int bytesToIdentifyConnection() {
        return selector.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return selector.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return selector.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        var frames = new Http2Frames(context.dataReader());
        var peer = new SeenPeer(context.remotePeer(), frames);
        return selector.connection(
                new SeenContext(context, frames.reader(), peer, context.router()));
    }
}
