package dev.turnpike.edge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputHistoryTest {
    private static final String SLUG = "acme/chat";
    private static final int NO_BOUND = -1;

    private final OutputHistory history = new OutputHistory();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theEstimateIsNineTenthsOfTheRecentAnswers(long seed) {
        var random = new Random(seed);
        var recent = new ArrayDeque<Long>();
        for (int step = 0; step < 5_000; step++) {
            // Few different numbers for a while, so that many are equal; then all kinds.
            long tokens = step < 1_000 ? random.nextInt(5) : random.nextLong(3_000_000_000L);
            history.record(SLUG, tokens);
            recent.add(Math.min(tokens, Integer.MAX_VALUE));
            if (recent.size() > OutputHistory.OUTPUTS_MAX) {
                recent.remove();
            }
            int rank = (int) Math.ceil(0.9 * recent.size());
            long expected =
                    recent.stream()
                            .mapToLong(Long::longValue)
                            .sorted()
                            .skip(rank - 1L)
                            .findFirst()
                            .orElseThrow();
            assertThat(history.estimate(SLUG, NO_BOUND, 1))
                    .as("step %d, seed %d", step, seed)
                    .isEqualTo(expected);
        }
    }

    @Test
    void answersThatEndAtOnceAreAllRemembered() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 64; i++) {
                long tokens = i % 2 == 0 ? 10 : 20;
                threads.execute(() -> {
                    for (int k = 0; k < 1_000; k++) {
                        history.record(SLUG, tokens);
                    }
                });
            }
        }
        assertThat(history.estimate(SLUG, NO_BOUND, 1)).isIn(10L, 20L);

        // Whatever came before in whatever order, it is out after as many as are remembered.
        for (int i = 1; i <= OutputHistory.OUTPUTS_MAX; i++) {
            history.record(SLUG, i);
        }
        assertThat(history.estimate(SLUG, NO_BOUND, 1)).isEqualTo(116);
    }

    @Test
    void whatAClientAllowsBoundsTheEstimate() {
        assertThat(history.estimate(SLUG, NO_BOUND, 2))
                .isEqualTo(2 * OutputHistory.WITHOUT_HISTORY);
        history.record(SLUG, 100);

        assertThat(history.estimate(SLUG, 7, 3)).isEqualTo(21);
        assertThat(history.estimate(SLUG, 700, 1)).isEqualTo(100);
        assertThat(history.estimate("acme/other", NO_BOUND, 1))
                .isEqualTo(OutputHistory.WITHOUT_HISTORY);
    }
}
