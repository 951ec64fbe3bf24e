package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.usage.ClientTrace;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeadersTest {
    private static final ClientTrace NOTHING = new ClientTrace(null, 0);

    private static ClientTrace trace(Map<String, String> headers) {
        return TraceHeaders.of(name -> Optional.ofNullable(headers.get(name))).orElse(NOTHING);
    }

    @Test
    void aClientWithoutSuchHeadersHasSaidNothing() {
        assertThat(trace(Map.of())).isSameAs(NOTHING);
    }

    @Test
    void bothNamesOfTheClientsIdAreReadAndItsOwnComesFirst() {
        var headers = new HashMap<>(Map.of("x-request-id", "proxy-1"));
        assertThat(trace(headers).requestId()).isEqualTo("proxy-1");

        headers.put("x-client-request-id", "client-1");
        assertThat(trace(headers).requestId()).isEqualTo("client-1");

        headers.put("x-client-request-id", "");
        assertThat(trace(headers).requestId()).isEqualTo("proxy-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a\r\nset-cookie: b", "a\nb", "a\tb", "a\u0000", "\u00e9", "\u007f"})
    void anIdThatIsNotPrintableIsLeftOut(String id) {
        assertThat(trace(Map.of("x-request-id", id)).requestId()).isNull();
    }

    @Test
    void anIdMayHave512CharactersAndNoMore() {
        var longest = "x".repeat(TraceHeaders.REQUEST_ID_CHARS_MAX);

        assertThat(trace(Map.of("x-request-id", longest)).requestId()).isEqualTo(longest);
        assertThat(trace(Map.of("x-request-id", longest + "x")).requestId()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "2, 2",
        "007, 7",
        "100, 100",
        "101, 0",
        "-1, 0",
        "+1, 0",
        "1.5, 0",
        "9999999999999999999, 0",
        "two, 0",
        "\u0661, 0",
        "'', 0"
    })
    void retriesAreABoundedNumberOrNone(String text, int retries) {
        assertThat(trace(Map.of("x-stainless-retry-count", text)).retries()).isEqualTo(retries);
    }
}
