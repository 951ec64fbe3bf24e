package dev.turnpike.edge.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeaderTest {
    @Test
    void aHeaderIsPrintedWithoutItsValue() {
        assertThat(new Header("authorization", "Bearer sk-secret")).hasToString("authorization");
    }
}
