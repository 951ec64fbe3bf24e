package dev.turnpike.launcher.demo;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import dev.turnpike.launcher.demo.Receiver.Delivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo's own check, held against the reference library and a value made with openssl. */
class SignatureCheckTest {
    private static final String SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    private static final String BODY = "{\"type\":\"API_BILLING_USAGE\"}";
    private static final Instant NOW = Instant.ofEpochSecond(1_790_000_000);

    /** {@code printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET"}. */
    private static final String HEX =
            "e0c26cd0cafc4bb4cbf81b1a68aab9fd5a0d73be3d152912560213a4cfe71eba";

    private final SignatureCheck check = new SignatureCheck("X-Turnpike", SECRET);
    private final Map<String, String> headers = new HashMap<>();

    @BeforeEach
    void sign() throws WebhookSigningException {
        headers.put("x-turnpike-signature", "v1=" + HEX);
        headers.put("x-turnpike-request-id", "dlv_1");
        headers.put("webhook-id", "dlv_1");
        headers.put("webhook-timestamp", String.valueOf(NOW.getEpochSecond()));
        headers.put(
                "webhook-signature", new Webhook(SECRET).sign("dlv_1", NOW.getEpochSecond(), BODY));
    }

    @Test
    void whatIsSignedByOthersPasses() {
        assertThatCode(() -> check.verify(delivery(BODY), NOW)).doesNotThrowAnyException();
    }

    @Test
    void oneOfSeveralSignaturesIsEnough() {
        headers.merge("webhook-signature", "v1,AAAA", (good, other) -> other + " " + good);
        assertThatCode(() -> check.verify(delivery(BODY), NOW)).doesNotThrowAnyException();
    }

    @Test
    void anotherBodyFails() {
        refused(delivery(BODY + " "), NOW);
    }

    @Test
    void eachSchemeAloneIsChecked() {
        headers.put("webhook-signature", "v1,AAAA");
        refused(delivery(BODY), NOW);
        headers.remove("x-turnpike-signature");
        refused(delivery(BODY), NOW);
    }

    @Test
    void anotherIdOrTimeFails() {
        headers.put("webhook-id", "dlv_2");
        refused(delivery(BODY), NOW);
        headers.put("webhook-id", "dlv_1");
        refused(delivery(BODY), NOW.plus(SignatureCheck.AGE_MAX).plus(Duration.ofSeconds(1)));
    }

    private Delivery delivery(String body) {
        return new Delivery(Map.copyOf(headers), body.getBytes(StandardCharsets.UTF_8));
    }

    private void refused(Delivery delivery, Instant at) {
        assertThatThrownBy(() -> check.verify(delivery, at)).isInstanceOf(StoryException.class);
    }
}
