package dev.turnpike.edge.upstream;

import dev.turnpike.runtime.outbound.OutboundUrl;

/**
 * Where a connection goes: also the key under which idle connections are kept.
 *
 * @param secure whether TLS is spoken
 * @param host lower-case name or literal, an IPv6 literal without brackets
 * @param port 1..65535
 */
public record Origin(boolean secure, String host, int port) {
    public Origin {
        if (host.isEmpty() || !HttpText.fieldValue(host) || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("not an origin");
        }
    }

    /** The origin of a URL that was parsed already. */
    public static Origin of(OutboundUrl url) {
        return new Origin(url.secure(), url.host(), url.port());
    }

    /** The value of the {@code Host} header. */
    String hostHeader() {
        var name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (secure ? 443 : 80) ? name : name + ":" + port;
    }
}
