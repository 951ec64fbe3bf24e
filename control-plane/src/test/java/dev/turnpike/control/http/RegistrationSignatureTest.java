package dev.turnpike.control.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.control.domain.Image;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.RegistrationKey;
import dev.turnpike.schemas.id.RegistrationKeyId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationSignatureTest {
    private static final Instant NOW = Instant.parse("2026-11-02T12:00:00Z");
    private static final byte[] BODY = "{\"key\":\"k\"}".getBytes(UTF_8);
    private static final String PATH = "/v1/gateway/groups/g/api_keys/register";
    private static final String FAILED = "Signature verification failed";

    private final Headers headers = Headers.of("X-Acme");
    private final RegistrationSignature signature =
            new RegistrationSignature(headers, InstantSource.fixed(NOW));
    private final KeyPair pair = pair();
    private final KeyPair other = pair();

    @Test
    void theBodyAloneMayBeSigned() {
        var sent = sent(Map.of("X-Acme-Signature", sign(pair, BODY)));

        assertThat(signature.verified(sent, image(false)).id()).isEqualTo(id(1));
    }

    @Test
    void withoutAPublicKeyNothingCanBeRegistered() {
        assertThatThrownBy(() -> signature.verified(sent(Map.of()), Image.EMPTY))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("Must configure a public key before registering API keys");
    }

    @Test
    void aMissingMalformedForeignOrMisplacedSignatureFails() {
        var image = image(false);
        refused(image, Map.of());
        refused(image, Map.of("X-Acme-Signature", "%%%"));
        refused(image, Map.of("X-Acme-Signature", "aGVsbG8="));
        refused(image, Map.of("X-Acme-Signature", sign(other, BODY)));
        refused(image, Map.of("X-Acme-Signature", sign(pair, "{}".getBytes(UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(longs = {-300, 0, 300})
    void aTimestampIsGoodForFiveMinutesAroundNow(long offset) {
        var sent = timestamped(String.valueOf(NOW.getEpochSecond() + offset), PATH);

        assertThat(signature.verified(sent, image(true)).requireTimestamp()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1793620499", "-1", "", "1e9", "99999999999999999999", "now"})
    void aTimestampOfAnotherTimeFails(String timestamp) {
        assertThatThrownBy(() -> signature.verified(timestamped(timestamp, PATH), image(true)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(FAILED);
    }

    @Test
    void aTimestampedSignatureIsGoodForItsOwnPathOnly() {
        var now = String.valueOf(NOW.getEpochSecond());
        var sent = timestamped(now, PATH.replace("/g/", "/h/"));
        var replayed = new SentRequest("POST", PATH, sent.header(), BODY);

        assertThatThrownBy(() -> signature.verified(replayed, image(true)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(FAILED);
    }

    @Test
    void aKeyThatRequiresATimestampRefusesTheBodyAlone() {
        refused(image(true), Map.of("X-Acme-Signature", sign(pair, BODY)));
    }

    private void refused(Image image, Map<String, String> given) {
        assertThatThrownBy(() -> signature.verified(sent(given), image))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(FAILED);
    }

    private SentRequest timestamped(String timestamp, String path) {
        var bare = new SentRequest("POST", path, name -> Optional.empty(), BODY);
        var covered = RegistrationSignature.covered(timestamp, bare);
        var given = Map.of("X-Acme-Signature", sign(pair, covered), "X-Acme-Timestamp", timestamp);
        return new SentRequest("POST", path, sent(given).header(), BODY);
    }

    private static SentRequest sent(Map<String, String> given) {
        return new SentRequest(
                "POST",
                PATH,
                name ->
                        given.entrySet().stream()
                                .filter(e -> e.getKey().equalsIgnoreCase(name.defaultCase()))
                                .map(Map.Entry::getValue)
                                .findFirst(),
                BODY);
    }

    private Image image(boolean requireTimestamp) {
        return Image.EMPTY
                .with(new RegistrationKey(id(0), null, raw(pair()), requireTimestamp, NOW))
                .with(new RegistrationKey(id(1), null, raw(pair), requireTimestamp, NOW));
    }

    private static RegistrationKeyId id(int number) {
        return RegistrationKeyId.ofUlid("%026d".formatted(number));
    }

    private static byte[] raw(KeyPair pair) {
        var encoded = pair.getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sign(KeyPair pair, byte[] message) {
        try {
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(pair.getPrivate());
            signer.update(message);
            return Base64.getEncoder().encodeToString(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
