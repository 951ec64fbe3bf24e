package dev.turnpike.edge.host;

import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.tls.InvalidIdentityException;
import dev.turnpike.runtime.tls.TlsIdentities;
import dev.turnpike.runtime.tls.TlsIdentity;
import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.DomainCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the domain a client asks for, as the control view has it now, and the default
 * one for every other name. Thread-safe.
 */
public final class DomainIdentities implements TlsIdentities {
    /** Opened identities kept; beyond it they are opened for each handshake. */
    private static final int KEPT_MAX = 2_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(DomainIdentities.class);

    private final ControlView control;
    private final Envelope envelope;
    private final Supplier<Optional<TlsIdentity>> otherwise;
    private final Map<String, Opened> opened = new ConcurrentHashMap<>();

    /** An identity with the serial it was opened from; empty when it cannot be used. */
    private record Opened(DomainCertificate from, Optional<TlsIdentity> identity) {}

    /**
     * @param otherwise shown for a name that is no domain with a certificate
     */
    public DomainIdentities(
            ControlView control, Envelope envelope, Supplier<Optional<TlsIdentity>> otherwise) {
        this.control = control;
        this.envelope = envelope;
        this.otherwise = otherwise;
    }

    @Override
    public Optional<TlsIdentity> of(@Nullable String host) {
        if (host == null || !control.loaded()) {
            return otherwise.get();
        }
        var domain = control.domain(HostView.name(host));
        var certificate = domain.map(Domain::certificate);
        if (certificate.isEmpty()) {
            opened.remove(HostView.name(host));
            return otherwise.get();
        }
        return identity(domain.get().host(), certificate.get());
    }

    /**
     * Whether a connection that was shown {@code certificate} was made to another domain than the
     * one at {@code host}, which it is not good for. A host that is no domain, and a connection
     * that was shown the default certificate, are let be.
     *
     * @param host with or without a port
     */
    public boolean ofAnother(X509Certificate certificate, String host) {
        var name = HostView.name(host);
        return control.loaded()
                && control.domain(name).isPresent()
                && !TlsIdentity.names(certificate, name)
                && shownByDomain(certificate);
    }

    /** Compares, and makes no digests: anybody may ask this, as often as he likes. */
    private boolean shownByDomain(X509Certificate certificate) {
        for (var one : opened.values()) {
            if (one.identity().isPresent()
                    && one.identity().get().chain().getFirst().equals(certificate)) {
                return true;
            }
        }
        return false;
    }

    private Optional<TlsIdentity> identity(String host, DomainCertificate certificate) {
        var known = opened.get(host);
        if (known != null && known.from().equals(certificate)) {
            return known.identity();
        }
        var now = new Opened(certificate, open(host, certificate));
        if (known != null || opened.size() < KEPT_MAX) {
            opened.put(host, now);
        }
        return now.identity();
    }

    private Optional<TlsIdentity> open(String host, DomainCertificate certificate) {
        try {
            var owner = new Envelope.Owner("domain", host, certificate.serial());
            var key = envelope.open(certificate.sealedKey(), owner);
            return Optional.of(
                    TlsIdentity.read(certificate.chain(), new String(key, StandardCharsets.UTF_8)));
        } catch (Envelope.CannotOpenException | InvalidIdentityException e) {
            LOGGER.atError()
                    .addKeyValue("host", host)
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("the certificate of a domain cannot be used");
            return Optional.empty();
        }
    }
}
