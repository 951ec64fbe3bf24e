package dev.turnpike.runtime.key;

import java.util.HexFormat;

/**
 * What is stored of a key.
 *
 * @param hex HMAC-SHA-256 of the whole key under the pepper, 64 lower-case hex characters
 * @param pepperVersion which pepper, 1 or more
 */
public record KeyHash(String hex, int pepperVersion) {
    static final int BYTES = 32;

    /**
     * @throws IllegalArgumentException if {@code hex} is not 32 bytes or the version not positive
     */
    public KeyHash {
        if (hex.length() != 2 * BYTES || pepperVersion < 1) {
            throw new IllegalArgumentException("not a key hash");
        }
    }

    /** A hash from its bytes. */
    public static KeyHash of(byte[] bytes, int pepperVersion) {
        return new KeyHash(HexFormat.of().formatHex(bytes), pepperVersion);
    }

    /** The 32 bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }
}
