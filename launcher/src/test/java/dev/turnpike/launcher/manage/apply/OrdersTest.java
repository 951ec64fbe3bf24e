package dev.turnpike.launcher.manage.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrdersTest {
    private static final Map<String, JsonNode> THERE =
            Map.of("/groups/parent", limited(100), "/groups/child", limited(100));

    @Test
    void aGroupThatGoesMayGoBeforeALimitAboveItSinks() {
        var sinking = step(Step.Kind.UPDATE, "/groups/parent", limited(50));
        var going = step(Step.Kind.DELETE, "/groups/child", null);

        var others = Orders.others(List.of(sinking, going), THERE);

        assertThat(others.getLast().getFirst()).isEqualTo(going);
        assertThat(others.getLast()).filteredOn(going::equals).hasSize(1);
        assertThat(others.getLast().getLast().body()).isEqualTo(sinking.body());
    }

    @Test
    void whatStandsAloneHasOneOrder() {
        var rising = step(Step.Kind.UPDATE, "/groups/parent", limited(200));

        assertThat(Orders.others(List.of(rising), THERE)).isEmpty();
    }

    @Test
    void limitsSinkFromTheLeavesUp() {
        var parent = step(Step.Kind.UPDATE, "/groups/parent", limited(50));
        var child = step(Step.Kind.UPDATE, "/groups/child", limited(50));

        assertThat(Orders.others(List.of(parent, child), THERE))
                .first()
                .isEqualTo(List.of(child, parent));
    }

    private static Step step(Step.Kind kind, String path, @Nullable ObjectNode body) {
        return new Step(kind, path, null, path, 1, body);
    }

    private static ObjectNode limited(int threshold) {
        return Json.parseObject(
                """
                {"models": [{"slug": "a/m", "rate_limits": [
                  {"type": "REQUEST", "unit": "MINUTE", "threshold": %d}]}]}
                """
                        .formatted(threshold)
                        .getBytes(StandardCharsets.UTF_8));
    }
}
