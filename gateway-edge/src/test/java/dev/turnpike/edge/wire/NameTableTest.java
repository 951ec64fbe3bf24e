package dev.turnpike.edge.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTableTest {
    private static final NameTable TABLE = NameTable.of("model", "n", "input", "max_tokens");

    @ParameterizedTest
    @ValueSource(strings = {"model", "n", "input", "max_tokens"})
    void itFindsItsNames(String name) {
        assertThat(find(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "Model", "mode", "models", "max_token", "max_tokens_of_all"})
    void itFindsNothingElse(String name) {
        assertThat(find(name)).isNull();
    }

    @Test
    void anEscapedSpellingIsTheSameName() {
        assertThat(find("\\u006dodel")).isEqualTo("model");
        assertThat(find("max\\u005ftokens")).isEqualTo("max_tokens");
        assertThat(find("\\u004dodel")).isNull();
        assertThat(find("mod\\\\l")).isNull();
    }

    private static @Nullable String find(String inside) {
        var json = ("{\"" + inside + "\":1}").getBytes(StandardCharsets.UTF_8);
        return TABLE.find(json, 2, json.length - 4);
    }
}
