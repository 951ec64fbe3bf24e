package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.protocol.StoredIds;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Identities of responses that targets store. All callers share the operator's account at a target,
 * so a target's own identity would let one caller read what another stored. What a caller sees says
 * where the response is and is signed for the caller's group, so nothing has to be remembered.
 * Thread-safe.
 */
final class ResponseIds {
    /** How every shown identity begins. */
    static final String PREFIX = "resp_";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 16;
    private static final int TARGET_BYTES = 6;
    private static final char SEPARATOR = '.';

    /** Longest identity that is read, in characters. */
    private static final int SHOWN_CHARS_MAX = 1_024;

    private final SecretKeySpec key;

    /**
     * @param key 32 bytes that only edges of this installation have
     */
    ResponseIds(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /**
     * Where a response is stored.
     *
     * @param target as {@link #of(Target)} has it
     * @param id the target's identity of it
     */
    record Stored(EndpointId endpoint, String target, String id) {}

    /** The identities of {@code target} as {@code group} sees them. */
    StoredIds of(GroupId group, EndpointId endpoint, Target target) {
        return new StoredIds() {
            @Override
            public String shown(String targetId) {
                return shown(group, new Stored(endpoint, ResponseIds.of(target), targetId));
            }

            private String shown(GroupId to, Stored stored) {
                return ResponseIds.this.shown(to, stored);
            }

            @Override
            public Optional<String> known(String shownId) {
                return stored(group, shownId)
                        .filter(stored -> stored.endpoint().equals(endpoint))
                        .filter(stored -> stored.target().equals(ResponseIds.of(target)))
                        .map(Stored::id);
            }
        };
    }

    String shown(GroupId group, Stored stored) {
        var place =
                (stored.endpoint().value() + SEPARATOR + stored.target() + SEPARATOR + stored.id())
                        .getBytes(StandardCharsets.UTF_8);
        var bytes =
                ByteBuffer.allocate(MAC_BYTES + place.length)
                        .put(mac(group, place), 0, MAC_BYTES)
                        .put(place);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** Where {@code shown} is stored, unless it was not shown to {@code group}. */
    Optional<Stored> stored(GroupId group, String shown) {
        if (!shown.startsWith(PREFIX) || shown.length() > SHOWN_CHARS_MAX) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(shown.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length <= MAC_BYTES) {
            return Optional.empty();
        }
        var place = new byte[bytes.length - MAC_BYTES];
        System.arraycopy(bytes, MAC_BYTES, place, 0, place.length);
        var given = ByteBuffer.wrap(bytes, 0, MAC_BYTES).slice();
        var right = ByteBuffer.wrap(mac(group, place), 0, MAC_BYTES).slice();
        if (!MessageDigest.isEqual(array(given), array(right))) {
            return Optional.empty();
        }
        var parts = new String(place, StandardCharsets.UTF_8).split("\\" + SEPARATOR, 3);
        return Optional.of(new Stored(new EndpointId(parts[0]), parts[1], parts[2]));
    }

    /** A short name of a target that outlives changes of its weight, say. */
    static String of(Target target) {
        var identity =
                target.provider()
                        + "\n"
                        + target.baseUrl()
                        + "\n"
                        + target.modelId()
                        + "\n"
                        + target.secretId();
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(identity.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, TARGET_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no SHA-256 on this platform", e);
        }
    }

    private byte[] mac(GroupId group, byte[] place) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(group.value().getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(place);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HMAC on this platform", e);
        }
    }

    private static byte[] array(ByteBuffer slice) {
        var bytes = new byte[slice.remaining()];
        slice.get(bytes);
        return bytes;
    }
}
