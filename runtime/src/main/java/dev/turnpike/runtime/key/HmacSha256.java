package dev.turnpike.runtime.key;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * HMAC-SHA-256 (RFC 2104) under one key. Half of its work depends on the key alone and is done
 * once; each use goes on from a copy of that. Every Java platform has the digest. Thread-safe,
 * without a lock.
 */
final class HmacSha256 {
    private static final int BLOCK_BYTES = 64;
    private static final int INNER_PAD = 0x36;
    private static final int OUTER_PAD = 0x5c;

    /** Both have taken in the padded key, and are copied only. */
    private final MessageDigest inner;

    private final MessageDigest outer;

    /**
     * @param key any number of bytes
     */
    HmacSha256(byte[] key) {
        var whole = key.length > BLOCK_BYTES ? sha256().digest(key) : key;
        this.inner = begun(whole, INNER_PAD);
        this.outer = begun(whole, OUTER_PAD);
    }

    /** The 32 bytes that authenticate {@code message}. */
    byte[] of(byte[] message) {
        return copy(outer).digest(copy(inner).digest(message));
    }

    private static MessageDigest begun(byte[] key, int pad) {
        var block = Arrays.copyOf(key, BLOCK_BYTES);
        for (int i = 0; i < BLOCK_BYTES; i++) {
            block[i] ^= (byte) pad;
        }
        var digest = sha256();
        digest.update(block);
        return digest;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 on this platform", e);
        }
    }

    private static MessageDigest copy(MessageDigest begun) {
        try {
            return (MessageDigest) begun.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 cannot be copied", e);
        }
    }
}
