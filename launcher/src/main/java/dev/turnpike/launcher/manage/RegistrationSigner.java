package dev.turnpike.launcher.manage;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Signs registrations of the operator's own API keys: Ed25519 over {@code timestamp LF method LF
 * path LF body}. The time is always covered, which every registration key accepts and some demand.
 * Thread-safe.
 */
public final class RegistrationSigner {
    /** What the header of the signature ends with, behind the header prefix. */
    static final String SIGNATURE = "-Signature";

    /** What the header of the time ends with, behind the header prefix. */
    static final String TIMESTAMP = "-Timestamp";

    private static final String ALGORITHM = "Ed25519";
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private final PrivateKey key;
    private final String headerPrefix;
    private final InstantSource clock;

    private RegistrationSigner(PrivateKey key, String headerPrefix, InstantSource clock) {
        this.key = key;
        this.headerPrefix = headerPrefix;
        this.clock = clock;
    }

    /**
     * A signer with the key in {@code pem}; empty when that is no unencrypted PKCS #8 key of
     * Ed25519 in PEM.
     *
     * @param headerPrefix as the installation is set to, such as {@code X-Turnpike}
     */
    public static Optional<RegistrationSigner> of(
            String pem, String headerPrefix, InstantSource clock) {
        var found = PEM.matcher(pem);
        if (!found.find()) {
            return Optional.empty();
        }
        try {
            var bytes = Base64.getMimeDecoder().decode(found.group(1));
            var key =
                    KeyFactory.getInstance(ALGORITHM)
                            .generatePrivate(new PKCS8EncodedKeySpec(bytes));
            return Optional.of(new RegistrationSigner(key, headerPrefix, clock));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The same request with the headers of its signature; to be sent within minutes. */
    public Call signed(Call call) {
        var time = String.valueOf(clock.instant().getEpochSecond());
        var head = time + "\n" + call.method() + "\n" + call.path() + "\n";
        try {
            var signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(head.getBytes(StandardCharsets.UTF_8));
            signature.update(call.bytes());
            return call.with(
                    Map.of(
                            headerPrefix + TIMESTAMP,
                            time,
                            headerPrefix + SIGNATURE,
                            Base64.getEncoder().encodeToString(signature.sign())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an Ed25519 key that does not sign", e);
        }
    }
}
