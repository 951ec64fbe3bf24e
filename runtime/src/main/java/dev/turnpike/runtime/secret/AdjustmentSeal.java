package dev.turnpike.runtime.secret;

import dev.turnpike.schemas.control.Adjustment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs adjustments under a key of the installation and checks them: HMAC-SHA-256 over every field
 * but the signature and the time of storing, each as its length in four bytes, big-endian, and its
 * UTF-8; a field that is null has the length -1. The groups in between come last, a field each, so
 * that adjustments without any are signed as they were before there was that field. Thread-safe.
 */
public final class AdjustmentSeal {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String FORM = "adjustment 1";

    private final byte[] key;

    public AdjustmentSeal(MasterKey masterKey) {
        key = masterKey.derive(MasterKey.Purpose.ADJUSTMENT, 1);
    }

    /** The signature of {@code adjustment}, whatever signature it bears. */
    public byte[] sign(Adjustment adjustment) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            fields(adjustment).forEach(field -> add(mac, field));
            adjustment.groupsBetween().forEach(group -> add(mac, group.value()));
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HMAC-SHA-256 on this platform", e);
        }
    }

    /** Whether it bears its own signature. */
    public boolean holds(Adjustment adjustment) {
        return MessageDigest.isEqual(sign(adjustment), adjustment.signature());
    }

    private static List<@Nullable String> fields(Adjustment adjustment) {
        return Arrays.asList(
                FORM,
                adjustment.id().value(),
                adjustment.groupId().value(),
                adjustment.rootGroupId().value(),
                adjustment.externalEntityId(),
                Long.toString(adjustment.amount().value()),
                adjustment.reason(),
                adjustment.reference(),
                adjustment.modelSlug());
    }

    private static void add(Mac mac, @Nullable String field) {
        var bytes = field == null ? new byte[0] : field.getBytes(StandardCharsets.UTF_8);
        int length = field == null ? -1 : bytes.length;
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
        mac.update(bytes);
    }
}
