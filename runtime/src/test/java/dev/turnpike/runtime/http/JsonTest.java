package dev.turnpike.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.ProblemException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private record Item(String name, int count) {}

    private record Order(String id, List<Item> items, Optional<Instant> at) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\":1,\"a\":2}",
                "{\"a\":{\"b\":1,\"b\":2}}",
                "{} {}",
                "{}x",
                "nul",
                "{\"a\":NaN}",
                "{'a':1}",
                "{\"a\":01}",
                "// c\n{}",
                "\"\\ud8\"",
                "[1,]"
            })
    void whatIsNotOneStrictDocumentIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(bytes(text)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void depthIsCountedFromTheRoot() {
        var deepest = "[".repeat(64) + "]".repeat(64);
        var tooDeep = "[".repeat(10_000) + "]".repeat(10_000);

        assertThat(Json.parse(bytes(deepest)).isArray()).isTrue();
        assertThatThrownBy(() -> Json.parse(bytes("[" + deepest + "]")))
                .hasMessageContaining("nested deeper than 64");
        assertThatThrownBy(() -> Json.parse(bytes(tooDeep)))
                .hasMessageContaining("nested deeper than 64");
    }

    @Test
    void aRefusalNamesTheFieldAndRepeatsNothing() {
        var body = "{\"id\":\"x\",\"items\":[{\"name\":\"hush\",\"count\":\"1\"}]}";

        assertThatThrownBy(() -> Json.parse(bytes(body), Order.class))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> {
                            assertThat(e.problem().param()).contains("items[0].count");
                            assertThat(e.problem().message()).doesNotContain("hush", "Order");
                        });
        assertThatThrownBy(() -> Json.parse(bytes("{\"idd\":1}"), Order.class))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().param()).contains("idd"));
    }

    @Test
    void numbersKeepTheirDigitsAndTimesAreText() {
        var tree = Json.parse(bytes("{\"price\":0.10000000000000000001}"));
        var order = new Order("o", List.of(), Optional.of(Instant.EPOCH));

        assertThat(tree.get("price").decimalValue())
                .isEqualTo(new BigDecimal("0.10000000000000000001"));
        assertThat(new String(Json.bytes(order), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":\"o\",\"items\":[],\"at\":\"1970-01-01T00:00:00Z\"}");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
