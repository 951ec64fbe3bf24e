package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.testkit.Eventually;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetHealthTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TargetHealth health = new TargetHealth(() -> 0);

    @Test
    void aTargetHasOneBreakerAndSharesItWithNoEqualOne() {
        var one = target();
        var other = target();

        assertThat(one).isEqualTo(other);
        assertThat(health.of(one)).isSameAs(health.of(one)).isNotSameAs(health.of(other));
    }

    @Test
    void aTargetThatIsGoneTakesItsBreakerAlong() {
        for (int i = 0; i < 100; i++) {
            health.of(target());
        }
        var kept = target();
        var breaker = health.of(kept);

        Eventually.await(
                PATIENCE,
                "the others are forgotten",
                () -> {
                    System.gc();
                    health.of(target());
                    return health.size() < 50;
                });

        assertThat(health.of(kept)).isSameAs(breaker);
    }

    private static Target target() {
        return new Target(
                Provider.OPENAI_COMPATIBLE,
                null,
                "model",
                "https://example.com/v1",
                null,
                null,
                0,
                1,
                Timeouts.DEFAULT,
                Map.of());
    }
}
