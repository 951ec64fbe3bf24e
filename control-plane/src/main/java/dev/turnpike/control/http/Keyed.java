package dev.turnpike.control.http;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256; every Java platform has it. */
final class Keyed {
    static final Charset ASCII = StandardCharsets.US_ASCII;

    private static final String ALGORITHM = "HmacSHA256";

    private Keyed() {}

    /** The 32 bytes of the parts, each closed by its length, under the key. */
    static byte[] mac(byte[] key, ByteBuffer... parts) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            for (var part : parts) {
                int length = part.remaining();
                mac.update(part);
                mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HMAC-SHA-256 on this platform", e);
        }
    }
}
