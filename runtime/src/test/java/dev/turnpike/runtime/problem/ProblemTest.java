package dev.turnpike.runtime.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProblemTest {
    @Test
    void noTwoErrorsShareACode() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::code)).doesNotHaveDuplicates();
    }

    @Test
    void aWaitIsOnlyGivenWhereWaitingHelps() {
        var wait = Duration.ofSeconds(2);

        assertThat(
                        Problem.of(ErrorCode.RATE_LIMIT_EXCEEDED, "Slow down")
                                .withRetryAfter(wait)
                                .retryAfter())
                .contains(wait);
        assertThatThrownBy(() ->
                        Problem.of(ErrorCode.INSUFFICIENT_QUOTA, "Spent").withRetryAfter(wait))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatWillNotPassIsNotToBeTriedAgainWhateverItsCodeSays() {
        var lasting = Problem.of(ErrorCode.UPSTREAM_ERROR, "No such route").asLasting();

        assertThat(lasting.retry()).isEqualTo(ErrorCode.Retry.NEVER);
        assertThatThrownBy(() -> lasting.withRetryAfter(Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRefusalCarriesNoStackTraceUnlessItHasACause() {
        var problem = Problem.invalid("model", "Unknown");

        assertThat(problem.asException().getStackTrace()).isEmpty();
        assertThat(problem.asException(new IllegalStateException("x")).getStackTrace())
                .isNotEmpty();
    }
}
