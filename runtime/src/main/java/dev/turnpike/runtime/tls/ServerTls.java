package dev.turnpike.runtime.tls;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/** TLS 1.2 and 1.3 of a listener, with a certificate chosen anew for each handshake. */
public final class ServerTls {
    private ServerTls() {}

    /** The context of a listener that shows what {@code identities} find. */
    public static SSLContext context(TlsIdentities identities) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new SniKeys(identities)}, null, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS on this platform", e);
        }
    }
}
