package dev.turnpike.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.http.Json;
import org.junit.jupiter.api.Test;

class SecretTest {
    private record Holder(String name, Secret secret) {}

    @Test
    void aSecretIsNeitherPrintedNorWrittenAsJson() {
        var holder = new Holder("a", new Secret("hush"));

        assertThat(holder.toString()).contains("[secret]").doesNotContain("hush");
        assertThatThrownBy(() -> Json.bytes(holder)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void equalSecretsAreEqual() {
        assertThat(new Secret("a")).isEqualTo(new Secret("a")).isNotEqualTo(new Secret("b"));
    }
}
