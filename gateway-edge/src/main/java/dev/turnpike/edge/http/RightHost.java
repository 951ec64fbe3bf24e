package dev.turnpike.edge.http;

import dev.turnpike.edge.host.DomainIdentities;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Refuses a request to one domain on a connection that was made to another: what it asks for would
 * be seen under a certificate that does not name it. Thread-safe.
 *
 * @param identities what connections were shown
 */
public record RightHost(DomainIdentities identities) implements Routes.First {
    private static final Problem MISDIRECTED =
            Problem.of(
                    ErrorCode.MISDIRECTED_REQUEST,
                    "This connection was made to another host; connect to the one you ask for");

    @Override
    public void see(ServerRequest request, ServerResponse response) {
        if (!request.isSecure()) {
            return;
        }
        var host = request.headers().first(HeaderNames.HOST);
        if (host.isPresent()
                && shown(request).filter(it -> identities.ofAnother(it, host.get())).isPresent()) {
            throw MISDIRECTED.asException();
        }
    }

    /** Kept with the session, so it is known of resumed ones as well. */
    private static Optional<X509Certificate> shown(ServerRequest request) {
        return request.localPeer()
                .tlsCertificates()
                .filter(chain -> chain.length > 0)
                .map(chain -> chain[0])
                .filter(X509Certificate.class::isInstance)
                .map(X509Certificate.class::cast);
    }
}
