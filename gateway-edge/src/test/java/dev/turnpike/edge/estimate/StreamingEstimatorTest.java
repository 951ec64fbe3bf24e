package dev.turnpike.edge.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamingEstimatorTest {
    private static final String ENGLISH =
            "The gateway answers model requests and writes down what each of them has used. When a"
                    + " client leaves early, it is billed for what was generated until then; nothing"
                    + " more, and nothing less. Prices are looked up in 2026, at 0.15 dollars per"
                    + " million tokens.\n\nEverything else follows from the log.";
    private static final String MIXED =
            "na\\u00efve \\\"quoted\\\"\\n\\ttab 12345 \\ud83d\\ude00 😀 你好，世界 привет \\\\ end";

    private static long whole(String json) {
        var estimator = new StreamingEstimator();
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        estimator.onText(bytes, 0, bytes.length);
        return estimator.tokens();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void howTheTextIsCutChangesNothing(long seed) {
        var random = new Random(seed);
        var bytes = (MIXED + ENGLISH.replace("\n", "\\n") + MIXED).getBytes(StandardCharsets.UTF_8);
        var estimator = new StreamingEstimator();
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + random.nextInt(4));
            estimator.onText(bytes, from, to);
            from = to;
        }
        assertThat(estimator.tokens())
                .isEqualTo(whole(MIXED + ENGLISH.replace("\n", "\\n") + MIXED));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void wordsCountAsTheirLettersDoOneByOne(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var text = new StringBuilder();
            while (text.length() < 200) {
                char c = "aZé7 \n.你".charAt(random.nextInt(8));
                text.append(String.valueOf(c).repeat(1 + random.nextInt(20)));
            }
            var plain = new StreamingEstimator();
            plain.add(text.toString());
            assertThat(whole(text.toString().replace("\n", "\\n")))
                    .as("seed %d, %s", seed, text)
                    .isEqualTo(plain.tokens());
        }
    }

    @Test
    void escapesCountAsWhatTheyMean() {
        assertThat(whole("caf\\u00e9\\nni\\u00f1o")).isEqualTo(whole("café\\nniño"));
        var plain = new StreamingEstimator();
        plain.add("café\nniño 😀");
        assertThat(whole("café\\nniño \\ud83d\\ude00")).isEqualTo(plain.tokens());
    }

    @Test
    void isCloseToTheVocabularyOnProseAndChinese() {
        var exact = new TokenEstimator();
        for (var text : new String[] {ENGLISH, "你好，世界。今天的天气很好，我们去公园散步吧。"}) {
            var estimator = new StreamingEstimator();
            estimator.add(text);
            assertThat(estimator.tokens())
                    .as(text)
                    .isCloseTo(exact.count("gpt-4o", text), Percentage.withPercentage(25));
        }
    }

    @Test
    void brokenBytesAreNoReasonToFail() {
        var bytes = new byte[] {(byte) 0xff, (byte) 0xc3, 'a', (byte) 0x80, (byte) 0xf0, '\\', 'u'};
        var estimator = new StreamingEstimator();
        estimator.onText(bytes, 0, bytes.length);
        assertThat(estimator.tokens()).isPositive();
    }
}
