package dev.turnpike.runtime.tls;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives the platform the identity for the name a client asks for. The platform asks for an alias,
 * then for the key and the chain of that alias: it is the fingerprint, so that both are of one
 * identity even if another takes its place in between. Thread-safe.
 */
final class SniKeys extends X509ExtendedKeyManager {
    /** Identities between their choice and the end of a handshake; more than there are domains. */
    private static final int CHOSEN_MAX = 4_096;

    private final TlsIdentities identities;
    private final Cache<String, TlsIdentity> chosen =
            Caffeine.newBuilder().maximumSize(CHOSEN_MAX).build();

    SniKeys(TlsIdentities identities) {
        this.identities = identities;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return choose(keyType, engine.getHandshakeSession());
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, Socket socket) {
        return socket instanceof SSLSocket tls ? choose(keyType, tls.getHandshakeSession()) : null;
    }

    private @Nullable String choose(String keyType, @Nullable SSLSession session) {
        var identity = identities.of(host(session));
        if (identity.isEmpty() || !fits(identity.get().key(), keyType)) {
            return null;
        }
        var alias = identity.get().fingerprint();
        chosen.put(alias, identity.get());
        return alias;
    }

    private static boolean fits(PrivateKey key, String keyType) {
        var algorithm = key.getAlgorithm();
        return algorithm.equals(keyType)
                || (algorithm.equals("RSA") && keyType.equals("RSASSA-PSS"))
                || (algorithm.startsWith("Ed") && keyType.startsWith("Ed"));
    }

    private static @Nullable String host(@Nullable SSLSession session) {
        if (!(session instanceof ExtendedSSLSession extended)) {
            return null;
        }
        for (var name : extended.getRequestedServerNames()) {
            if (name.getType() == StandardConstants.SNI_HOST_NAME
                    && name instanceof SNIHostName host) {
                return host.getAsciiName().toLowerCase(Locale.ROOT);
            }
        }
        return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        var identity = chosen.getIfPresent(alias);
        return identity == null ? null : identity.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        var identity = chosen.getIfPresent(alias);
        return identity == null ? null : identity.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
