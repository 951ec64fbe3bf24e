package dev.turnpike.launcher.demo;

import dev.turnpike.launcher.demo.Receiver.Delivery;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks a delivery the way a receiver is told to: both signature schemes, from the public
 * description and the secret alone.
 *
 * @param headerPrefix of the compatible headers, such as {@code X-Turnpike}
 * @param secret as it was shown when the webhook was made, {@code whsec_...}
 */
record SignatureCheck(String headerPrefix, String secret) {
    /** How far a timestamp may be from the receiver's clock. */
    static final Duration AGE_MAX = Duration.ofMinutes(5);

    private static final String HMAC = "HmacSHA256";
    private static final String SECRET_PREFIX = "whsec_";

    /**
     * @throws StoryException saying which signature does not fit
     */
    void verify(Delivery delivery, Instant now) {
        compatible(delivery);
        standard(delivery, now);
    }

    /** {@code v1=} and the hex HMAC of the body under the secret as it is written. */
    private void compatible(Delivery delivery) {
        var key = secret.getBytes(StandardCharsets.UTF_8);
        var expected = "v1=" + HexFormat.of().formatHex(hmac(key, delivery.body()));
        if (!same(expected, delivery.header(headerPrefix + "-Signature"))) {
            throw new StoryException(headerPrefix + "-Signature does not fit the body");
        }
        if (delivery.header(headerPrefix + "-Request-ID").isEmpty()) {
            throw new StoryException("a delivery has no " + headerPrefix + "-Request-ID");
        }
    }

    /** Standard Webhooks 1.0.0: id, time and body under the decoded secret. */
    private void standard(Delivery delivery, Instant now) {
        var id = delivery.header("webhook-id");
        var timestamp = delivery.header("webhook-timestamp");
        if (id.isEmpty() || !timestamp.matches("[0-9]{1,12}")) {
            throw new StoryException("a delivery has no webhook-id or webhook-timestamp");
        }
        var age = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now).abs();
        if (age.compareTo(AGE_MAX) > 0) {
            throw new StoryException("a delivery's timestamp is off by " + age);
        }
        var key = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
        var head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        var expected = "v1," + Base64.getEncoder().encodeToString(hmac(key, head, delivery.body()));
        for (var given : delivery.header("webhook-signature").split(" ", -1)) {
            if (same(expected, given)) {
                return;
            }
        }
        throw new StoryException("webhook-signature does not fit the body");
    }

    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            for (var part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no " + HMAC + " on this platform", e);
        }
    }
}
