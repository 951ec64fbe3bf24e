package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Command.CreateWebhook;
import dev.turnpike.control.domain.Command.RotateWebhookSecret;
import dev.turnpike.control.domain.Decision.Accepted;
import dev.turnpike.schemas.control.SealedSecret;
import dev.turnpike.schemas.control.Webhook;
import dev.turnpike.schemas.id.WebhookId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long earlier signing secrets live. */
class WebhookRulesTest {
    private static final WebhookId ID = WebhookId.ofUlid("01JD0000000000000000000001");
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration DAY = Duration.ofDays(1);

    private final Decider decider = new Decider(Bounds.DEFAULT);
    private Image image = Image.EMPTY;
    private Instant now = Instant.EPOCH;

    @BeforeEach
    void create() {
        decide(
                new CreateWebhook(
                        ID, "https://a.example/", null, List.of(), List.of(), true, key(1)));
    }

    @Test
    void aRotationWithoutOverlapEndsEverySecretBefore() {
        rotate(2, WEEK);
        rotate(3, WEEK);
        assertThat(webhook().previousSecrets()).hasSize(2);

        rotate(4, Duration.ZERO);

        assertThat(webhook().previousSecrets()).isEmpty();
        assertThat(webhook().secret().serial()).isEqualTo(4);
    }

    @Test
    void noEarlierSecretOutlivesTheOverlapOfTheNewestRotation() {
        rotate(2, WEEK);
        var end = rotate(3, DAY).plus(DAY);

        assertThat(webhook().previousSecrets())
                .extracting(SealedSecret::serial)
                .containsExactly(2L, 1L);
        assertThat(webhook().previousSecrets()).extracting(SealedSecret::endsAt).containsOnly(end);
    }

    @Test
    void aLongerOverlapDoesNotBringAnEarlierSecretBack() {
        var first = rotate(2, DAY).plus(DAY);
        var second = rotate(3, WEEK).plus(WEEK);

        assertThat(webhook().previousSecrets())
                .extracting(SealedSecret::endsAt)
                .containsExactly(second, first);
    }

    private Instant rotate(long serial, Duration overlap) {
        now = now.plusSeconds(60);
        decide(new RotateWebhookSecret(ID, key((int) serial), serial, overlap));
        return now;
    }

    private void decide(Command command) {
        var ask = new Ask(command, now, OptionalLong.empty());
        var accepted = (Accepted) decider.decide(ask, image);
        for (var fact : accepted.facts()) {
            image = Evolver.evolve(image, fact).image();
        }
    }

    private Webhook webhook() {
        return Objects.requireNonNull(image.webhook(ID.value()).orElse(null));
    }

    private static byte[] key(int serial) {
        return new byte[] {(byte) serial};
    }
}
