package dev.turnpike.runtime.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.secret.Envelope.CannotOpenException;
import dev.turnpike.runtime.secret.Envelope.Owner;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final byte[] SECRET = "sk-hush".getBytes(StandardCharsets.US_ASCII);
    private static final Owner OWNER = new Owner("credential", "cred_1", 1);

    private final Envelope envelope = new Envelope(MasterKey.of(new byte[32]));

    @Test
    void aSealedSecretOpensForItsOwnerAndLooksDifferentEachTime() throws CannotOpenException {
        var sealed = envelope.seal(SECRET, OWNER);

        assertThat(envelope.open(sealed, OWNER)).isEqualTo(SECRET);
        assertThat(envelope.seal(SECRET, OWNER)).isNotEqualTo(sealed);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("hush");
    }

    @Test
    void everyChangedByteIsNoticed() {
        var sealed = envelope.seal(SECRET, OWNER);

        for (int i = 0; i < sealed.length; i++) {
            var changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> envelope.open(changed, OWNER))
                    .as("byte %d", i)
                    .isInstanceOf(CannotOpenException.class);
        }
        assertThatThrownBy(() -> envelope.open(new byte[3], OWNER))
                .isInstanceOf(CannotOpenException.class);
    }

    @Test
    void aSecretDoesNotOpenForAnotherOwnerOrVersion() {
        var sealed = envelope.seal(SECRET, OWNER);

        for (var other :
                new Owner[] {
                    new Owner("webhook", "cred_1", 1),
                    new Owner("credential", "cred_2", 1),
                    new Owner("credential", "cred_1", 2)
                }) {
            assertThatThrownBy(() -> envelope.open(sealed, other))
                    .isInstanceOf(CannotOpenException.class);
        }
        assertThatThrownBy(() -> new Owner("a|b", "c", 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherMasterKeyIsNamedAsTheReason() {
        var other = new byte[32];
        other[0] = 1;
        var sealed = envelope.seal(SECRET, OWNER);

        assertThatThrownBy(() -> new Envelope(MasterKey.of(other)).open(sealed, OWNER))
                .hasMessageContaining("sealed under master key")
                .hasMessageContaining("secrets.master-key");
    }
}
