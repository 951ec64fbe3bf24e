package dev.turnpike.edge.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTest {
    @Test
    void aHeaderIsPrintedWithoutItsValue() {
        assertThat(new Header("authorization", "Bearer sk-secret")).hasToString("authorization");
    }

    @Test
    void aHeaderWithAnotherValueHasItsOwnLine() {
        var header = new Header("x-request-id", "first").with("second");

        assertThat(header.line()).asString(US_ASCII).isEqualTo("x-request-id: second\r\n");
        assertThatThrownBy(() -> header.with("third\r\nx: y"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "Content-Length", "TE", "transfer-encoding"})
    void whatTheConnectionSaysItselfIsNoHeader(String name) {
        assertThatThrownBy(() -> new Header(name, "1"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
