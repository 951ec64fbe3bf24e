package dev.turnpike.control.http;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 signatures under bare public keys; every Java platform has the algorithm. */
final class Ed25519 {
    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    private static final String ALGORITHM = "Ed25519";

    /** What stands before the 32 bytes in the encoding that the platform reads. */
    private static final byte[] HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    /** Whether the bytes are a public key, that is, a point of the curve. */
    static boolean isKey(byte[] publicKey) {
        try {
            verifier(publicKey);
            return true;
        } catch (InvalidKeyException e) {
            return false;
        }
    }

    /** Whether {@code signature} is that of {@code message} under the key. */
    static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        try {
            var verifier = verifier(publicKey);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (InvalidKeyException | SignatureException e) {
            return false;
        }
    }

    private static Signature verifier(byte[] publicKey) throws InvalidKeyException {
        if (publicKey.length != KEY_BYTES) {
            throw new InvalidKeyException("an Ed25519 key has " + KEY_BYTES + " bytes");
        }
        try {
            var verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(decoded(publicKey));
            return verifier;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no Ed25519 on this platform", e);
        }
    }

    private static PublicKey decoded(byte[] publicKey) throws InvalidKeyException {
        var encoded = Arrays.copyOf(HEAD, HEAD.length + KEY_BYTES);
        System.arraycopy(publicKey, 0, encoded, HEAD.length, KEY_BYTES);
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException("not a point of the curve", e);
        }
    }
}
