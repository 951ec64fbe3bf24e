package dev.turnpike.testkit.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority that nobody knows until told, and the certificates it issues. */
public final class TestAuthority {
    private static final String SIGNATURE = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String ALTERNATIVE_NAME = "2.5.29.17";
    private static final int DNS_NAME = 0x82;
    private static final int VERSION = 0xa0;
    private static final int EXTENSIONS = 0xa3;
    private static final Duration YEAR = Duration.ofDays(365);
    private static final char[] NO_PASSWORD = {};
    private static final int RSA_BITS = 2_048;

    private final KeyPair keys = keys("EC");
    private final String name;
    private final Instant now = Instant.now();
    private final Certificate certificate;
    private long serial;

    /**
     * @param name the common name
     */
    public TestAuthority(String name) {
        this.name = name;
        var isAuthority = Der.of(Der.SEQUENCE, Der.TRUE);
        var extension =
                Der.of(
                        Der.SEQUENCE,
                        Der.oid(BASIC_CONSTRAINTS),
                        Der.TRUE,
                        Der.of(Der.OCTETS, isAuthority));
        this.certificate = certificate(name, keys, now.minus(YEAR), now.plus(YEAR), extension);
    }

    /**
     * A certificate with its key.
     *
     * @param chain PEM
     * @param key PEM, PKCS #8
     * @param server speaks TLS with them
     */
    public record Issued(String chain, String key, SSLContext server) {}

    /** One for {@code host} that is valid now. */
    public Issued issue(String host) {
        return issue(host, "EC");
    }

    /**
     * One for a key of another kind.
     *
     * @param algorithm {@code RSA} or {@code EC}
     */
    public Issued issue(String host, String algorithm) {
        return issue(host, keys(algorithm), now.minus(YEAR), now.plus(YEAR));
    }

    /** One for {@code host} whose time is over. */
    public Issued issueExpired(String host) {
        return issue(host, keys("EC"), now.minus(YEAR), now.minus(Duration.ofDays(1)));
    }

    private Issued issue(String host, KeyPair own, Instant from, Instant to) {
        var names =
                Der.of(Der.SEQUENCE, Der.of(DNS_NAME, host.getBytes(StandardCharsets.US_ASCII)));
        var extension = Der.of(Der.SEQUENCE, Der.oid(ALTERNATIVE_NAME), Der.of(Der.OCTETS, names));
        var issued = certificate("server of " + host, own, from, to, extension);
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("it", own.getPrivate(), NO_PASSWORD, new Certificate[] {issued});
            var managers = KeyManagerFactory.getInstance("PKIX");
            managers.init(store, NO_PASSWORD);
            var server = SSLContext.getInstance("TLS");
            server.init(managers.getKeyManagers(), null, null);
            return new Issued(
                    pem("CERTIFICATE", issued.getEncoded()),
                    pem("PRIVATE KEY", own.getPrivate().getEncoded()),
                    server);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The authority's own certificate, in PEM. */
    public String pem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client's context that trusts this authority and no other. */
    public SSLContext client() {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", certificate);
            var managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(store);
            var client = SSLContext.getInstance("TLS");
            client.init(null, managers.getTrustManagers(), null);
            return client;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Certificate certificate(
            String subject, KeyPair own, Instant from, Instant to, byte[] extension) {
        var algorithm = Der.of(Der.SEQUENCE, Der.oid(SIGNATURE));
        var signed =
                Der.of(
                        Der.SEQUENCE,
                        Der.of(VERSION, Der.number(2)),
                        Der.number(++serial),
                        algorithm,
                        named(name),
                        Der.of(Der.SEQUENCE, Der.time(from), Der.time(to)),
                        named(subject),
                        own.getPublic().getEncoded(),
                        Der.of(EXTENSIONS, Der.of(Der.SEQUENCE, extension)));
        try {
            var signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(signed);
            var whole = Der.of(Der.SEQUENCE, signed, algorithm, Der.bits(signature.sign()));
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] named(String text) {
        var pair = Der.of(Der.SEQUENCE, Der.oid(COMMON_NAME), Der.text(text));
        return Der.of(Der.SEQUENCE, Der.of(Der.SET, pair));
    }

    private static KeyPair keys(String algorithm) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("RSA")) {
                generator.initialize(RSA_BITS);
            } else {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] bytes) {
        var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
