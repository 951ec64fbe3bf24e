package dev.turnpike.runtime.tls;

import dev.turnpike.runtime.tls.InvalidIdentityException.Part;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A certificate with its chain and its private key, checked to belong together. Prints as its
 * fingerprint.
 *
 * @param chain the server's certificate first, each signed by the next
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
    /** Certificates of one chain. */
    public static final int CHAIN_MAX = 10;

    private static final Pattern PEM_KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final int DNS_NAME = 2;

    public TlsIdentity {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both from PEM.
     *
     * @param certificates one or more certificates, the server's first
     * @param privateKey PKCS #8, not encrypted; RSA, EC or Ed25519
     * @throws InvalidIdentityException if one cannot be read or they do not belong together
     */
    public static TlsIdentity read(String certificates, String privateKey)
            throws InvalidIdentityException {
        var chain = chain(certificates);
        var key = key(privateKey, chain.getFirst().getPublicKey().getAlgorithm());
        if (!belong(chain.getFirst().getPublicKey(), key)) {
            throw new InvalidIdentityException(
                    Part.PRIVATE_KEY, "is not the key of the certificate");
        }
        return new TlsIdentity(chain, key);
    }

    private static List<X509Certificate> chain(String pem) throws InvalidIdentityException {
        var chain = new ArrayList<X509Certificate>();
        try {
            var in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1));
            for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                chain.add((X509Certificate) one);
            }
        } catch (CertificateException e) {
            throw new InvalidIdentityException(
                    Part.CERTIFICATE_CHAIN, "must be certificates in PEM");
        }
        if (chain.isEmpty() || chain.size() > CHAIN_MAX) {
            throw new InvalidIdentityException(
                    Part.CERTIFICATE_CHAIN, "must hold 1 to " + CHAIN_MAX + " certificates");
        }
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (!signed(chain.get(i), chain.get(i + 1))) {
                throw new InvalidIdentityException(
                        Part.CERTIFICATE_CHAIN,
                        "must begin with the server's certificate, each signed by the next");
            }
        }
        return chain;
    }

    private static boolean signed(X509Certificate certificate, X509Certificate by) {
        try {
            certificate.verify(by.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static PrivateKey key(String pem, String algorithm) throws InvalidIdentityException {
        var found = PEM_KEY.matcher(pem);
        if (!found.find()) {
            throw new InvalidIdentityException(
                    Part.PRIVATE_KEY, "must be an unencrypted PKCS #8 key in PEM (PRIVATE KEY)");
        }
        try {
            var bytes = Base64.getMimeDecoder().decode(found.group(1));
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new InvalidIdentityException(
                    Part.PRIVATE_KEY, "cannot be read as a key of the certificate's kind");
        }
    }

    private static boolean belong(PublicKey publicKey, PrivateKey key) {
        var algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "Ed25519";
                };
        try {
            var probe = "probe".getBytes(StandardCharsets.US_ASCII);
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            var verifier = Signature.getInstance(algorithm);
            verifier.initVerify(publicKey);
            verifier.update(probe);
            return verifier.verify(signer.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** When the first certificate of the chain ends. */
    public Instant endsAt() {
        return chain.stream()
                .map(one -> one.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** SHA-256 of the server's certificate in lower-case hex. */
    public String fingerprint() {
        return fingerprint(chain.getFirst());
    }

    /** SHA-256 of a certificate in lower-case hex. */
    public static String fingerprint(X509Certificate certificate) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate without an encoding", e);
        }
    }

    /** Whether the server's certificate is for {@code host}, which is in lower case. */
    public boolean names(String host) {
        return names(chain.getFirst(), host);
    }

    /** Whether a server's certificate is for {@code host}, which is in lower case. */
    public static boolean names(X509Certificate certificate, String host) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return false;
        }
        return names != null
                && names.stream()
                        .filter(name -> Integer.valueOf(DNS_NAME).equals(name.get(0)))
                        .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                        .anyMatch(name -> matches(name, host));
    }

    /** An asterisk stands for exactly one label, the first. */
    private static boolean matches(String name, String host) {
        return name.equals(host)
                || (name.startsWith("*.")
                        && host.indexOf('.') > 0
                        && host.substring(host.indexOf('.')).equals(name.substring(1)));
    }

    @Override
    public String toString() {
        return "TlsIdentity[" + fingerprint() + "]";
    }
}
