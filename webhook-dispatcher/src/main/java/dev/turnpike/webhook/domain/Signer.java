package dev.turnpike.webhook.domain;

import dev.turnpike.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs the body of a delivery in two ways: {@code v1=<hex>} over the body alone, keyed with the
 * secret's whole text, and Standard Webhooks 1.0.0 over id, time and body, keyed with the secret's
 * decoded bytes.
 *
 * <p>While a rotation overlaps, the first form, of which there can be only one, is made with the
 * oldest secret that is still valid, so that a receiver that has not switched yet keeps working;
 * the second carries one signature for each valid secret, newest first.
 */
public final class Signer {
    /** What every secret begins with. */
    public static final String SECRET_PREFIX = "whsec_";

    private static final String ALGORITHM = "HmacSHA256";

    private Signer() {}

    /**
     * Both signatures of one attempt.
     *
     * @param compatible value of the compatible signature header
     * @param standard value of {@code webhook-signature}
     * @param timestamp value of {@code webhook-timestamp}, Unix seconds of the attempt
     */
    public record Signatures(String compatible, String standard, String timestamp) {}

    /**
     * Signs {@code body} as sent at {@code now}.
     *
     * @param id value of {@code webhook-id}, without dots
     * @param secrets every secret of the webhook in any order; ended ones are left out
     * @throws IllegalArgumentException if no secret is valid, or one is not base64 behind its
     *     prefix
     */
    public static Signatures sign(
            String id, byte[] body, List<SigningSecret> secrets, Instant now) {
        var valid =
                secrets.stream()
                        .filter(secret -> secret.validAt(now))
                        .sorted(Comparator.comparingLong(SigningSecret::serial).reversed())
                        .toList();
        if (valid.isEmpty()) {
            throw new IllegalArgumentException("no valid signing secret");
        }
        var timestamp = String.valueOf(now.getEpochSecond());
        var standard =
                valid.stream()
                        .map(secret -> standard(secret.text(), id, timestamp, body))
                        .collect(Collectors.joining(" "));
        return new Signatures(compatible(valid.getLast().text(), body), standard, timestamp);
    }

    private static String compatible(Secret secret, byte[] body) {
        var mac = mac(secret.reveal().getBytes(StandardCharsets.UTF_8));
        return "v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    }

    private static String standard(Secret secret, String id, String timestamp, byte[] body) {
        var mac = mac(decoded(secret.reveal()));
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    }

    private static byte[] decoded(String secret) {
        var base64 =
                secret.startsWith(SECRET_PREFIX)
                        ? secret.substring(SECRET_PREFIX.length())
                        : secret;
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // The cause would show the characters of the secret.
            throw new IllegalArgumentException("the signing secret is not base64");
        }
    }

    private static Mac mac(byte[] key) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HMAC-SHA-256 on this platform", e);
        }
    }
}
