package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TargetOrderTest {
    @Test
    void lowerPrioritiesComeFirst() {
        var order =
                TargetOrder.of(
                        List.of(target("c", 2, 1), target("a", 0, 1), target("b", 1, 1)),
                        new Random(1));

        assertThat(order).extracting(Target::targetModel).containsExactly("a", "b", "c");
    }

    @Test
    void withinAPriorityTheFirstIsDrawnByWeight() {
        var random = new Random(7);
        var first = new HashMap<String, Integer>();
        for (int i = 0; i < 10_000; i++) {
            var order =
                    TargetOrder.of(
                            List.of(target("a", 0, 1), target("b", 0, 3), target("z", 1, 100)),
                            random);
            assertThat(order).hasSize(3);
            assertThat(order.getLast().targetModel()).isEqualTo("z");
            first.merge(String.valueOf(order.getFirst().targetModel()), 1, Integer::sum);
        }

        assertThat(first.getOrDefault("b", 0)).isCloseTo(7_500, within(300));
    }

    private static Target target(String name, int priority, int weight) {
        return new Target(
                Provider.OPENAI_COMPATIBLE,
                null,
                name,
                "http://127.0.0.1:1/v1",
                null,
                null,
                priority,
                weight,
                Timeouts.DEFAULT,
                Map.of());
    }
}
