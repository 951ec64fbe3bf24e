package dev.turnpike.launcher.manage.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.launcher.manage.RefusedException;
import dev.turnpike.runtime.http.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ApplicationTest {
    private static final Step ONE = new Step(Step.Kind.DELETE, "groups one", null, "/1", 1, null);
    private static final Step TWO = new Step(Step.Kind.DELETE, "groups two", null, "/2", 1, null);
    private static final List<Step> GIVEN = List.of(ONE, TWO);
    private static final List<Step> OTHER = List.of(TWO, ONE);

    @Test
    void anotherOrderThatTheServerAcceptsIsTaken() {
        assertThat(accepted(order -> order.equals(GIVEN) ? 400 : 200)).isEqualTo(OTHER);
    }

    @Test
    void whenEveryOrderIsWrongTheRefusalOfTheGivenOneIsTold() {
        assertThatThrownBy(() -> accepted(_ -> 400)).hasMessageContaining("groups one: ");
    }

    @Test
    void aRetryThatFailsForAnotherReasonSaysSo() {
        assertThatThrownBy(() -> accepted(order -> order.equals(GIVEN) ? 400 : 503))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.status()).isEqualTo(503));
    }

    @Test
    void whatIsNotWrongIsNotTriedInAnotherOrder() {
        assertThatThrownBy(() -> accepted(order -> order.equals(GIVEN) ? 429 : 200))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.status()).isEqualTo(429));
    }

    private static List<Step> accepted(Function<List<Step>, Integer> status) {
        return Application.accepted(
                GIVEN,
                List.of(OTHER),
                order -> {
                    int answer = status.apply(order);
                    if (answer == 200) {
                        return order;
                    }
                    var body = Json.object();
                    body.putObject("error").put("param", "commands[0]");
                    throw RefusedException.of(answer, body, Optional.empty());
                });
    }
}
