package dev.turnpike.edge.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputCounterTest {
    private static final String TEXT =
            "The quick brown fox said \\\"\\u00fc\\ud83d\\ude00\\\" twice. ";

    private final TokenEstimator estimator = new TokenEstimator();

    @Test
    void itCountsByVocabularyHoweverTheTextIsCut() {
        long whole = estimator.count("gpt-4o", "The quick brown fox said \"ü😀\" twice. ");
        for (int step = 1; step < TEXT.length(); step++) {
            assertThat(counted(TEXT, step)).as("step %d", step).isEqualTo(whole);
        }
    }

    @Test
    void anEndlessAnswerIsCountedByWeightsAndNotKept() {
        var counter = new OutputCounter();
        var piece = "word ".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 100; i++) {
            counter.onText(piece, 0, piece.length);
        }
        assertThat(counter.counted(estimator, "gpt-4o")).isEqualTo(counter.tokens());
    }

    @Test
    void whatAProviderCountsOfItsModelCorrectsLaterCounts() {
        var text = "word ".repeat(100);
        long weights = 100;
        for (int i = 0; i < Calibration.ANSWERS_MIN; i++) {
            estimator.calibration().learn("other-model", weights, 150);
        }
        assertThat(estimator.calibration().apply("other-model", 1_000)).hasValue(1_500);
        assertThat(estimator.calibration().apply("gpt-4o", 1_000)).isEmpty();
        estimator.calibration().learn("other-model", weights, 100_000_000);
        assertThat(estimator.calibration().apply("other-model", 1_000).orElseThrow())
                .isBetween(1_500L, 1_700L);
        assertThat(text).isNotEmpty();
    }

    @Test
    void nothingCorrectsTheCountOfAVocabularyThatIsKnown() {
        long exact = counted(TEXT, TEXT.length());
        for (var model : new String[] {"gpt-4o", "acme-13b"}) {
            for (int i = 0; i < Calibration.ANSWERS_MIN; i++) {
                estimator.calibration().learn(model, 100, 150);
            }
        }
        var bytes = TEXT.getBytes(StandardCharsets.UTF_8);
        var counter = new OutputCounter();
        counter.onText(bytes, 0, bytes.length);

        assertThat(counter.counted(estimator, "gpt-4o")).isEqualTo(exact);
        assertThat(counter.counted(estimator, "openai/gpt-4o-mini")).isEqualTo(exact);
        assertThat(counter.counted(estimator, "acme-13b"))
                .isEqualTo(Math.round(1.5 * counter.tokens()));
    }

    private long counted(String json, int step) {
        var counter = new OutputCounter();
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += step) {
            counter.onText(bytes, from, Math.min(bytes.length, from + step));
        }
        return counter.counted(estimator, "gpt-4o");
    }
}
