package dev.turnpike.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.problem.ProblemException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnKeyTest {
    private static final String GOOD = "sk/live.Q7dX2mPz9LkV4tRwB8nYc3Hs";

    @Test
    void aKeyIsNamedByItsFirst16Characters() {
        var key = read(GOOD);

        assertThat(GOOD).hasSize(OwnKey.LENGTH_MIN);
        assertThat(key.prefix().value()).isEqualTo("sk/live.Q7dX2mPz");
        assertThat(key).asString().doesNotContain("9LkV4");
        assertThat(read("x" + GOOD.repeat(4).substring(1)).whole()).hasSize(OwnKey.LENGTH_MAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk/live.Q7dX2mPz9LkV4tRwB8nYc3H", // 31 characters
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "abcdefgabcdefgabcdefgabcdefgabcd", // seven letters: 2.8 bits
                "sk live Q7dX2mPz9LkV4tRwB8nYc3Hs",
                "sk-livé-Q7dX2mPz9LkV4tRwB8nYc3Hs",
                ""
            })
    void aWeakOrUnsendableKeyIsRefusedWithoutBeingRepeated(String key) {
        assertThatThrownBy(() -> read(key))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> {
                            assertThat(e.problem().param()).contains("key");
                            assertThat(e.problem().code().httpStatus()).isEqualTo(400);
                            assertThat(key.isEmpty() || !e.problem().message().contains(key))
                                    .isTrue();
                        });
    }

    @Test
    void aKeyOf129CharactersIsRefused() {
        assertThatThrownBy(() -> read("x" + GOOD.repeat(4))).isInstanceOf(ProblemException.class);
    }

    @Test
    void aKeyForManagementIsRefused() {
        var key = ApiKeyText.generate(ApiKeyText.managementBrand("tp"), new Random(1)).whole();

        assertThatThrownBy(() -> read(key)).isInstanceOf(ProblemException.class);
    }

    @Test
    void entropyIsShannonsOverTheCharacters() {
        assertThat(OwnKey.entropy("aaaa")).isZero();
        assertThat(OwnKey.entropy("abab")).isCloseTo(1.0, within(1e-9));
        assertThat(OwnKey.entropy("abcdefgh".repeat(4))).isCloseTo(3.0, within(1e-9));
        assertThat(read("abcdefgh".repeat(4)).whole()).hasSize(32);
    }

    private static OwnKey read(String key) {
        return OwnKey.read(new Fields(Json.object().put("key", key)), "tp");
    }
}
