package dev.turnpike.runtime.secret;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Encrypts secrets at rest: a fresh AES-256-GCM data key for each, wrapped by a key derived from
 * the master key, bound to what the secret belongs to. Thread-safe.
 *
 * <p>Layout: one byte format (1), four bytes fingerprint of the master key, then Tink's envelope.
 */
public final class Envelope {
    /** Largest secret, in bytes. */
    public static final int PLAINTEXT_BYTES_MAX = 64 << 10;

    private static final byte FORMAT = 1;
    private static final int HEADER_BYTES = 5;

    private final Aead aead;
    private final byte[] fingerprint;

    public Envelope(MasterKey masterKey) {
        try {
            AeadConfig.register();
            var wrapping =
                    new AesGcmJce(masterKey.derive(MasterKey.Purpose.CREDENTIAL_ENVELOPE, 1));
            this.aead = KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, wrapping);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no AES-256-GCM on this platform", e);
        }
        this.fingerprint = HexFormat.of().parseHex(masterKey.fingerprint());
    }

    /**
     * What a secret belongs to; it opens only for the same owner.
     *
     * @param purpose what kind of secret, such as {@code credential}
     * @param id whose
     * @param version which one of its versions
     */
    public record Owner(String purpose, String id, long version) {
        /**
         * @throws IllegalArgumentException if purpose or id hold a {@code |}
         */
        public Owner {
            if (purpose.indexOf('|') >= 0 || id.indexOf('|') >= 0) {
                throw new IllegalArgumentException("a secret's owner holds no |");
            }
        }

        byte[] associatedData() {
            return (purpose + "|" + id + "|" + version).getBytes(StandardCharsets.UTF_8);
        }
    }

    /**
     * Encrypts; the result differs every time.
     *
     * @throws IllegalArgumentException if the secret is larger than {@value #PLAINTEXT_BYTES_MAX}
     *     bytes
     */
    public byte[] seal(byte[] plaintext, Owner owner) {
        if (plaintext.length > PLAINTEXT_BYTES_MAX) {
            throw new IllegalArgumentException("secret of " + plaintext.length + " bytes");
        }
        try {
            var sealed = aead.encrypt(plaintext, owner.associatedData());
            return ByteBuffer.allocate(HEADER_BYTES + sealed.length)
                    .put(FORMAT)
                    .put(fingerprint)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encrypt", e);
        }
    }

    /**
     * Decrypts.
     *
     * @throws CannotOpenException if it was sealed under another master key, for another owner, or
     *     was changed
     */
    public byte[] open(byte[] sealed, Owner owner) throws CannotOpenException {
        if (sealed.length <= HEADER_BYTES || sealed[0] != FORMAT) {
            throw new CannotOpenException("not a sealed secret");
        }
        var by = Arrays.copyOfRange(sealed, 1, HEADER_BYTES);
        if (!Arrays.equals(by, fingerprint)) {
            throw new CannotOpenException(
                    "sealed under master key "
                            + HexFormat.of().formatHex(by)
                            + ", but this installation has "
                            + HexFormat.of().formatHex(fingerprint)
                            + "; check "
                            + MasterKey.SETTING);
        }
        try {
            var body = Arrays.copyOfRange(sealed, HEADER_BYTES, sealed.length);
            return aead.decrypt(body, owner.associatedData());
        } catch (GeneralSecurityException e) {
            throw new CannotOpenException("changed, or sealed for another owner than " + owner);
        }
    }

    /** A sealed secret that does not open. The message holds no secret. */
    public static final class CannotOpenException extends Exception {
        private static final long serialVersionUID = 1L;

        CannotOpenException(String message) {
            super(message);
        }
    }
}
