package dev.turnpike.runtime.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SecondUseTest {
    private static final int KEYS = 1 << 12;

    private final SecondUse use = new SecondUse(KEYS);

    @Test
    void aKeyIsKnownFromItsSecondUseOn() {
        assertThat(use.of("api_key/a")).isFalse();
        assertThat(use.of("api_key/b")).isFalse();
        assertThat(use.of("api_key/a")).isTrue();
        assertThat(use.of("api_key/a")).isTrue();
    }

    @Test
    void mostOfAQuarterOfTheKeysAreRemembered() {
        ask(0, KEYS / 4);
        assertThat(known(0, KEYS / 4)).isGreaterThan(KEYS / 4 * 3 / 4);
    }

    @Test
    void whatWasAskedForOnceIsForgottenWhenManyOthersCame() {
        ask(0, 100);
        ask(1_000, 1_000 + 10 * KEYS);
        assertThat(known(0, 100)).isLessThan(10);
    }

    private void ask(int from, int to) {
        IntStream.range(from, to).forEach(i -> assertThat(use.of("api_key/" + i)).isFalse());
    }

    private long known(int from, int to) {
        return IntStream.range(from, to).filter(i -> use.of("api_key/" + i)).count();
    }
}
