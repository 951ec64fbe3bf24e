package dev.turnpike.webhook.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import dev.turnpike.runtime.config.Secret;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SignerTest {
    private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private static final byte[] BODY = "{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8);

    private static SigningSecret secret(String text, long serial, @Nullable Instant endsAt) {
        return new SigningSecret(new Secret(text), serial, endsAt);
    }

    private static String hmacOfText(String secret, byte[] body) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    }

    private static void verify(String secret, String id, Signer.Signatures signed)
            throws Exception {
        var headers =
                HttpHeaders.of(
                        Map.of(
                                "webhook-id", List.of(id),
                                "webhook-timestamp", List.of(signed.timestamp()),
                                "webhook-signature", List.of(signed.standard())),
                        (_, _) -> true);
        new Webhook(secret).verify(new String(BODY, StandardCharsets.UTF_8), headers);
    }

    @Test
    void theKnownAnswerOfStandardWebhooksIsGiven() {
        var signed =
                Signer.sign(
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8),
                        List.of(secret(OLD, 1, null)),
                        Instant.ofEpochSecond(1_614_265_330));
        assertThat(signed.standard()).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assertThat(signed.timestamp()).isEqualTo("1614265330");
    }

    @Test
    void bothSignaturesAreAcceptedByIndependentCode() throws Exception {
        var now = Instant.now(); // The library compares with the clock.
        var signed = Signer.sign("dlv_1", BODY, List.of(secret(OLD, 1, null)), now);
        verify(OLD, "dlv_1", signed);
        assertThat(signed.compatible()).isEqualTo(hmacOfText(OLD, BODY));
    }

    @Test
    void duringARotationEitherSecretVerifiesAndTheCompatibleOneIsTheOld() throws Exception {
        var now = Instant.now();
        var secrets = List.of(secret(NEW, 2, null), secret(OLD, 1, now.plusSeconds(1)));
        var signed = Signer.sign("dlv_1", BODY, secrets, now);
        verify(OLD, "dlv_1", signed);
        verify(NEW, "dlv_1", signed);
        assertThat(signed.standard().split(" ")).hasSize(2);
        assertThat(signed.compatible()).isEqualTo(hmacOfText(OLD, BODY));
    }

    @Test
    void afterTheOverlapOnlyTheNewSecretSigns() throws Exception {
        var now = Instant.now();
        var secrets = List.of(secret(NEW, 2, null), secret(OLD, 1, now));
        var signed = Signer.sign("dlv_1", BODY, secrets, now);
        verify(NEW, "dlv_1", signed);
        assertThatThrownBy(() -> verify(OLD, "dlv_1", signed)).isNotNull();
        assertThat(signed.compatible()).isEqualTo(hmacOfText(NEW, BODY));
    }

    @Test
    void aBrokenSecretIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() ->
                        Signer.sign(
                                "dlv_1",
                                BODY,
                                List.of(secret("whsec_%%hidden", 1, null)),
                                Samples.START))
                .hasMessageNotContaining("hidden")
                .hasNoCause();
    }
}
