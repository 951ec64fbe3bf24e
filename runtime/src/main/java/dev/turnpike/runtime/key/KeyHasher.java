package dev.turnpike.runtime.key;

import dev.turnpike.runtime.secret.MasterKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Hashes keys under a versioned pepper and compares in constant time. The work for a key that does
 * not exist is the same as for one that does. Thread-safe, without locks or thread-locals.
 */
public final class KeyHasher {
    /** Pepper versions one installation may have. */
    public static final int VERSIONS_MAX = 16;

    /** What an absent key is compared with; no key hashes to it. */
    private static final byte[] DUMMY = new byte[KeyHash.BYTES];

    private final Map<Integer, HmacSha256> macs = new TreeMap<>();
    private final int currentVersion;
    private final HmacSha256 current;

    /**
     * @param peppers 32 random bytes by version
     * @param currentVersion the version new hashes get
     * @throws IllegalArgumentException if the current version is missing or there are too many
     */
    public KeyHasher(Map<Integer, byte[]> peppers, int currentVersion) {
        if (peppers.size() > VERSIONS_MAX) {
            throw new IllegalArgumentException("more than " + VERSIONS_MAX + " peppers");
        }
        peppers.forEach((version, pepper) -> macs.put(version, new HmacSha256(pepper)));
        var mac = macs.get(currentVersion);
        if (mac == null) {
            throw new IllegalArgumentException("no pepper of version " + currentVersion);
        }
        this.currentVersion = currentVersion;
        this.current = mac;
    }

    /**
     * The hasher of an installation whose peppers 1 to {@code versions} come from its master key.
     */
    public static KeyHasher of(MasterKey masterKey, int versions) {
        var peppers = new TreeMap<Integer, byte[]>();
        for (int version = 1; version <= versions; version++) {
            peppers.put(version, masterKey.derive(MasterKey.Purpose.API_KEY_PEPPER, version));
        }
        return new KeyHasher(peppers, versions);
    }

    /** The hash to store for a key. */
    public KeyHash hash(String whole) {
        return KeyHash.of(hmac(current, whole), currentVersion);
    }

    /**
     * Whether {@code presented} is the key {@code stored} was made from.
     *
     * @param stored the hash found under the presented prefix, or null when there was none: the
     *     answer is then false after the same work
     */
    public boolean matches(String presented, @Nullable KeyHash stored) {
        return stored == null
                ? matches(presented, null, currentVersion)
                : matches(presented, stored.bytes(), stored.pepperVersion());
    }

    /** As {@link #matches(String, KeyHash)}, for a hash kept as 32 bytes. */
    public boolean matches(String presented, byte @Nullable [] stored, int pepperVersion) {
        var mac = macs.get(pepperVersion);
        var actual = hmac(mac == null ? current : mac, presented);
        boolean equal = MessageDigest.isEqual(actual, stored == null ? DUMMY : stored);
        return equal & stored != null & mac != null & presented.length() <= LENGTH_MAX;
    }

    private static final int LENGTH_MAX = ApiKeyText.LENGTH_MAX;

    private static byte[] hmac(HmacSha256 mac, String text) {
        var bounded = text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) : text;
        return mac.of(bounded.getBytes(StandardCharsets.UTF_8));
    }
}
