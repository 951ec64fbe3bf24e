package dev.turnpike.edge.upstream;

import dev.turnpike.runtime.outbound.OutboundUrl;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection goes: also the key under which idle connections are kept. Each is used for
 * many requests, so what a request needs of it is made once.
 */
public final class Origin {
    private final boolean secure;
    private final String host;
    private final int port;
    private final String hostHeader;
    private final int hash;

    /**
     * @param secure whether TLS is spoken
     * @param host lower-case name or literal, an IPv6 literal without brackets
     * @param port 1..65535
     */
    public Origin(boolean secure, String host, int port) {
        if (host.isEmpty() || !HttpText.fieldValue(host) || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("not an origin");
        }
        this.secure = secure;
        this.host = host;
        this.port = port;
        var name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        this.hostHeader = port == (secure ? 443 : 80) ? name : name + ":" + port;
        this.hash = Objects.hash(secure, host, port);
    }

    /** The origin of a URL that was parsed already. */
    public static Origin of(OutboundUrl url) {
        return new Origin(url.secure(), url.host(), url.port());
    }

    /** Whether TLS is spoken. */
    public boolean secure() {
        return secure;
    }

    /** Name or literal, as it was given. */
    public String host() {
        return host;
    }

    /** 1..65535. */
    public int port() {
        return port;
    }

    /** The value of the {@code Host} header. */
    String hostHeader() {
        return hostHeader;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Origin that
                        && port == that.port
                        && secure == that.secure
                        && host.equals(that.host));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + hostHeader;
    }
}
