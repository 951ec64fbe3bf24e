package dev.turnpike.runtime.http;

import io.helidon.common.uri.UriValidator;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.DirectTransportRequest;
import io.helidon.webserver.http1.Http1ConnectionListener;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests whose path is none, or whose {@code Host} is missing, said twice or not that of
 * a host. The server does the same by itself, for every request anew, and takes long for it; here
 * the paths of routes are not looked at, nor what was right once on a connection, since a client
 * says the same with all its requests. Listens to connections of {@link StrictHttp1} only.
 * Thread-safe.
 */
final class HeadCheck implements Http1ConnectionListener {
    private final PlainRoutes routes;

    /**
     * @param routes whose paths are right
     */
    HeadCheck(PlainRoutes routes) {
        this.routes = routes;
    }

    private static ClientConnection connection(ConnectionContext context) {
        if (context.remotePeer() instanceof SeenPeer peer
                && peer.seen() instanceof ClientConnection connection) {
            return connection;
        }
        throw new IllegalStateException("a connection that does not go by here");
    }

    @Override
    public void prologue(ConnectionContext context, HttpPrologue line) {
        connection(context).begins(line);
        var path = line.uriPath();
        if (routes.have(path.rawPath())) {
            return;
        }
        try {
            path.validate();
        } catch (IllegalArgumentException e) {
            throw RequestException.builder()
                    .type(EventType.BAD_REQUEST)
                    .request(asked(line))
                    .message("not a path")
                    .safeMessage(false)
                    .build();
        }
    }

    /** As it was sent: the path that is none, and what is behind it. */
    private static DirectHandler.TransportRequest asked(HttpPrologue line) {
        var target = new StringBuilder(line.uriPath().rawPath());
        if (line.hasQuery()) {
            target.append('?').append(line.query().rawValue());
        }
        if (line.fragment().hasValue()) {
            target.append('#').append(line.fragment().rawValue());
        }
        return DirectTransportRequest.create(
                line.rawProtocol(), line.method().text(), target.toString());
    }

    @Override
    public void headers(ConnectionContext context, Headers headers) {
        var connection = connection(context);
        var host = only(headers);
        if (host == null) {
            throw refusal(connection.line(), headers);
        }
        if (connection.saidBefore(host)) {
            return;
        }
        try {
            require(host);
        } catch (IllegalArgumentException e) {
            throw refusal(connection.line(), headers);
        }
        connection.says(host);
    }

    /** What the one line with a host says; null where there is none, or several. */
    private static @Nullable String only(Headers headers) {
        if (!headers.contains(HeaderNames.HOST)) {
            return null;
        }
        var host = headers.get(HeaderNames.HOST);
        return host.valueCount() == 1 ? host.get() : null;
    }

    /**
     * A name, or an address, in brackets where it is of IPv6; and a port or none.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static void require(String host) {
        boolean bracket = host.startsWith("[");
        int close = host.lastIndexOf(']');
        int colon = host.lastIndexOf(':');
        boolean bare = colon < 0 || (bracket && (close < 0 || close == host.length() - 1));
        var name = bare ? host : host.substring(0, colon);
        if (!bare) {
            var _ = Integer.parseInt(host.substring(colon + 1));
        }
        if (bracket && (close < 0 || close == name.length() - 1)) {
            UriValidator.validateIpLiteral(name);
        } else {
            UriValidator.validateNonIpLiteral(name);
        }
    }

    private static RequestException refusal(HttpPrologue line, Headers headers) {
        return RequestException.builder()
                .type(EventType.BAD_REQUEST)
                .status(Status.BAD_REQUEST_400)
                .request(DirectTransportRequest.create(line, headers))
                .setKeepAlive(false)
                .message("not one host")
                .build();
    }
}
