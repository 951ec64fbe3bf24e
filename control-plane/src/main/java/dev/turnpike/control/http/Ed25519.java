package dev.turnpike.control.http;

import java.math.BigInteger;
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
import java.util.Set;

/** Ed25519 signatures under bare public keys; every Java platform has the algorithm. */
final class Ed25519 {
    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    private static final String ALGORITHM = "Ed25519";

    /** What stands before the 32 bytes in the encoding that the platform reads. */
    private static final byte[] HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    /** The field's prime, 2^255 - 19; every y-coordinate is less. */
    private static final BigInteger PRIME =
            BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    /**
     * The y-coordinates of the eight points whose order is at most 8. Under such a key a signature
     * can be found by trial, without any private key.
     */
    private static final Set<BigInteger> SMALL_ORDER = smallOrder();

    private Ed25519() {}

    private static Set<BigInteger> smallOrder() {
        var ofOrderEight =
                new BigInteger(
                        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16);
        return Set.of(
                BigInteger.ONE,
                PRIME.subtract(BigInteger.ONE),
                BigInteger.ZERO,
                ofOrderEight,
                PRIME.subtract(ofOrderEight));
    }

    /**
     * Whether the bytes are a public key: a point of the curve in its one encoding, and none of
     * those few for which anybody can sign.
     */
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
        var y = y(publicKey);
        if (y.compareTo(PRIME) >= 0 || SMALL_ORDER.contains(y)) {
            throw new InvalidKeyException("not the encoding of a key that somebody can own");
        }
        try {
            var verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(decoded(publicKey));
            return verifier;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no Ed25519 on this platform", e);
        }
    }

    /** The y-coordinate: little endian, below the bit that is the sign of x. */
    private static BigInteger y(byte[] publicKey) {
        var bigEndian = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            bigEndian[i] = publicKey[KEY_BYTES - 1 - i];
        }
        bigEndian[0] &= 0x7f;
        return new BigInteger(1, bigEndian);
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
