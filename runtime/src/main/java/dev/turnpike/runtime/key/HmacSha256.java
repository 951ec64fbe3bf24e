package dev.turnpike.runtime.key;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keyed HMAC-SHA-256 instances; every Java platform has the algorithm. */
final class HmacSha256 {
    static final String ALGORITHM = "HmacSHA256";

    private HmacSha256() {}

    static Mac keyed(byte[] key) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("no HMAC-SHA-256 on this platform", e);
        }
    }

    /** A copy of an initialised, unused instance; cheaper than a new one and without a lock. */
    static Mac copy(Mac prototype) {
        try {
            return (Mac) prototype.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("HMAC-SHA-256 cannot be copied", e);
        }
    }
}
