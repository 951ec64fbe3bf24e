package dev.turnpike.runtime.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom we believe when others show us a certificate: the authorities that the Java runtime knows,
 * and those an operator names beside them.
 */
public final class TrustedAuthorities {
    /** Authorities of one file. */
    public static final int AUTHORITIES_MAX = 1_000;

    private TrustedAuthorities() {}

    /** TLS towards others that trusts the runtime's authorities. */
    public static SSLSocketFactory known() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    /**
     * The same with more authorities.
     *
     * @param file PEM, one certificate or more
     * @throws IOException if the file cannot be read
     * @throws CertificateException if it holds no certificates, or too many
     */
    public static SSLSocketFactory with(Path file) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(file)) {
            var named = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (named.isEmpty() || named.size() > AUTHORITIES_MAX) {
                throw new CertificateException(
                        "a file of authorities holds 1 to " + AUTHORITIES_MAX + " certificates");
            }
            var all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            int count = 0;
            for (var one : named) {
                all.setCertificateEntry("named-" + count++, one);
            }
            for (var one : issuers(managers(null))) {
                all.setCertificateEntry("known-" + count++, one);
            }
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers(all), null);
            return context.getSocketFactory();
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime speaks no TLS", e);
        }
    }

    /**
     * @param store null for what the runtime knows
     */
    private static TrustManager[] managers(@Nullable KeyStore store)
            throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static X509Certificate[] issuers(TrustManager[] managers) {
        return Arrays.stream(managers)
                .filter(manager -> manager instanceof X509TrustManager)
                .flatMap(
                        manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
                .toArray(X509Certificate[]::new);
    }
}
