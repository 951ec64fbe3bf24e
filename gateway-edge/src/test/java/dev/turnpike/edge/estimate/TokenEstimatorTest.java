package dev.turnpike.edge.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenEstimatorTest {
    private final TokenEstimator estimator = new TokenEstimator();

    @Test
    void textOfSpecialTokensIsOrdinaryText() {
        assertThat(estimator.count("gpt-4o", "<|endoftext|>")).isGreaterThan(1);
    }

    @Test
    void familiesHaveTheirVocabularies() {
        var chinese = "我们今天去公园散步".repeat(20);
        assertThat(estimator.count("gpt-4.1", chinese))
                .isEqualTo(estimator.count("acme/o3", chinese))
                .isLessThan(estimator.count("gpt-4", chinese))
                .isLessThan(estimator.count("gpt-3.5-turbo", chinese));
    }

    @Test
    void knownTextsHaveTheirKnownCounts() {
        assertThat(estimator.count("gpt-4o", "hello world")).isEqualTo(2);
        assertThat(estimator.count("gpt-4o", "")).isZero();
    }

    @Test
    void aTextBeyondTheBoundIsStillCountedToItsEnd() {
        var text = "word ".repeat(2 * TokenEstimator.CHARS_MAX / 5);
        assertThat(estimator.count("gpt-4o", text)).isBetween(70_000L, 90_000L);
    }
}
