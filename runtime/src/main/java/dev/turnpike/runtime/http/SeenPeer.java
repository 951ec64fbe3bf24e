package dev.turnpike.runtime.http;

import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.http.ServerRequest;
import java.net.SocketAddress;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection, which is the one thing of it that its requests lead to.
 *
 * @param seen what is known of the connection here
 */
record SeenPeer(PeerInfo peer, Seen seen) implements PeerInfo {
    /** A connection whose bytes go by here. */
    sealed interface Seen permits ClientConnection, Http2Frames {}

    /** The connection on which a request came; null where it did not go by here. */
    static @Nullable Seen of(ServerRequest request) {
        return request.remotePeer() instanceof SeenPeer peer ? peer.seen : null;
    }

    @Override
    public SocketAddress address() {
        return peer.address();
    }

    @Override
    public String host() {
        return peer.host();
    }

    @Override
    public int port() {
        return peer.port();
    }

    @Override
    public Optional<Principal> tlsPrincipal() {
        return peer.tlsPrincipal();
    }

    @Override
    public Optional<Certificate[]> tlsCertificates() {
        return peer.tlsCertificates();
    }
}
