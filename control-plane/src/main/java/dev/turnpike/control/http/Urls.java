package dev.turnpike.control.http;

import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.outbound.OutboundUrl.Policy;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Objects;

/**
 * Which URLs may be stored. Names are not resolved here: where they lead is checked whenever
 * somebody connects.
 *
 * @param policy the operator's outbound policy
 */
record Urls(AddressPolicy policy) {
    /**
     * Refuses what could never be called.
     *
     * @throws ProblemException {@code url_not_allowed} naming the field
     */
    String checked(String url, String at) {
        var schemes = policy.privateAllowed() ? Policy.HTTP_ALLOWED : Policy.HTTPS_ONLY;
        try {
            var parsed = OutboundUrl.parse(url, schemes);
            if (!policy.privateAllowed() && local(parsed.host())) {
                throw refused(at, "the host is private");
            }
            literal(parsed.host(), at);
            return url;
        } catch (InvalidUrlException e) {
            throw refused(at, Objects.requireNonNull(e.getMessage()));
        }
    }

    private void literal(String host, String at) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return; // A name, whose addresses are judged when connecting.
        }
        var refusal = policy.refusal(address);
        if (refusal.isPresent()) {
            throw refused(at, "the address is not allowed (" + refusal.get() + ")");
        }
    }

    private static boolean local(String host) {
        var name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.endsWith(".localhost");
    }

    private static ProblemException refused(String at, String why) {
        return Problem.of(ErrorCode.URL_NOT_ALLOWED, at + ": " + why).withParam(at).asException();
    }
}
