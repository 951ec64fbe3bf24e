package dev.turnpike.runtime.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ApiKeyTextTest {
    private static final byte[] SEED = new byte[32];

    @Test
    void theChecksumIsTheOneOfPublishedTokens() {
        // npm's published dummy token: the last six characters check the thirty before them.
        assertThat(Base62.checksum("qkJaB6MffYVzZXWqmcoF49yrUxP3wf")).isEqualTo("0LsakP");
    }

    @Test
    void aGeneratedKeyHasTheShapeAndParses() {
        var key = ApiKeyText.generate("tp", new Random(1));

        assertThat(key.whole()).matches("tp_[0-9A-Za-z]{12}\\.[0-9A-Za-z]{38}");
        assertThat(key.prefix()).isEqualTo(key.whole().substring(0, 15));
        assertThat(key.brand()).isEqualTo("tp");
        assertThat(ApiKeyText.parse(key.whole())).contains(key);
    }

    @Test
    void aDerivedKeyIsAlwaysTheSame() {
        var key = ApiKeyText.derive("tpm", SEED);

        // Pinned: a change would make a retried creation answer another key.
        assertThat(key.whole())
                .isEqualTo("tpm_kwNduvZu0RW0.Vx3d2FcDy4mfnWNtKBupzKBdzjqeGGxl2Jo7Xi");
        assertThat(ApiKeyText.derive("tpm", SEED)).isEqualTo(key);
        assertThat(ApiKeyText.derive("tp", SEED).whole()).isNotEqualTo(key.whole());
        assertThatThrownBy(() -> ApiKeyText.derive("tp", new byte[31]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyChangedCharacterIsNoticed() {
        var whole = ApiKeyText.generate("tp", new Random(2)).whole();

        for (int i = 0; i < whole.length(); i++) {
            char other = whole.charAt(i) == 'a' ? 'b' : 'a';
            var changed = whole.substring(0, i) + other + whole.substring(i + 1);
            assertThat(ApiKeyText.parse(changed)).as("position %d", i).isEmpty();
        }
        assertThat(ApiKeyText.parse(whole + "a")).isEmpty();
        assertThat(ApiKeyText.parse(whole.substring(1))).isEmpty();
        assertThat(ApiKeyText.parse("")).isEmpty();
        assertThat(ApiKeyText.parse("a".repeat(10_000))).isEmpty();
        assertThat(ApiKeyText.parse("é".repeat(54))).isEmpty();
    }

    @Test
    void aKeyOfAnotherFormIsFoundByItsFirstCharacters() {
        var ours = ApiKeyText.generate("tp", new Random(3));

        assertThat(ApiKeyText.lookupPrefix(ours.whole())).isEqualTo(ours.prefix());
        assertThat(ApiKeyText.lookupPrefix("0123456789abcdefXYZ")).isEqualTo("0123456789abcdef");
        assertThat(ApiKeyText.lookupPrefix("short")).isEqualTo("short");
    }

    @Test
    void aKeyPrintsWithoutItsSecret() {
        var key = ApiKeyText.generate("tp", new Random(4));

        assertThat(key.toString()).isEqualTo(key.prefix() + ".[secret]");
    }

    @Test
    void aBrandIsLowerCaseLettersAndDigits() {
        for (var brand : new String[] {"", "T", "a_b", "a.b", "1a", "a".repeat(17)}) {
            assertThatThrownBy(() -> ApiKeyText.generate(brand, new Random(5)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
