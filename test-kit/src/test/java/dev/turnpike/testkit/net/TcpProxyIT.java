package dev.turnpike.testkit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.testkit.http.Played.Ending;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TcpProxyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String LARGE = "y".repeat(40_000);

    private final ScriptedUpstream upstream =
            ScriptedUpstream.start().answer(_ -> Script.answer("large", 200, Map.of(), LARGE));
    private final TcpProxy proxy = TcpProxy.to(upstream.port());

    @AfterEach
    void stop() {
        proxy.close();
        upstream.close();
    }

    @Test
    void untouchedBytesPassBothWays() throws IOException {
        try (var http = TestHttp.connect(proxy.port())) {
            for (int i = 0; i < 2; i++) {
                assertThat(get(http).body()).isEqualTo(LARGE);
            }
        }
    }

    @Test
    void aDelayMakesTheAnswerLate() throws IOException {
        proxy.toServer().delay(Duration.ofMillis(120));
        try (var http = TestHttp.connect(proxy.port())) {
            assertThat(get(http).parts().getFirst().after())
                    .isGreaterThanOrEqualTo(Duration.ofMillis(110));
        }
    }

    @Test
    void aNarrowBandSpreadsTheAnswer() throws IOException {
        proxy.toClient().bandwidth(200_000);
        try (var http = TestHttp.connect(proxy.port())) {
            var reply = get(http);
            assertThat(reply.body()).isEqualTo(LARGE);
            assertThat(reply.parts().getLast().after()).isGreaterThan(Duration.ofMillis(180));
        }
    }

    @Test
    void aBlackholeHoldsEverythingAndLosesNothing() throws IOException {
        try (var http = TestHttp.connect(proxy.port())) {
            // Given
            proxy.blackhole(true);
            http.readTimeout(Duration.ofMillis(150));
            assertThatThrownBy(() -> get(http)).isInstanceOf(SocketTimeoutException.class);
            assertThat(upstream.ledger().requests()).isEmpty();
            // When
            proxy.blackhole(false);
            // Then
            assertThat(http.readTimeout(PATIENCE).read().body()).isEqualTo(LARGE);
        }
    }

    @Test
    void aResetReachesBothSides() throws IOException {
        upstream.answer(_ -> Script.hang());
        try (var http = TestHttp.connect(proxy.port())) {
            http.request("GET", "/", Map.of(), "");
            upstream.ledger().awaitRequests(1, PATIENCE);
            proxy.resetAll();
            assertThat(http.closedByServer()).isTrue();
        }
        var exchange = upstream.ledger().awaitEnded(1, PATIENCE).getFirst();
        assertThat(exchange.endedBy(Ending.PEER_CLOSED)).isTrue();
    }

    @Test
    void aRefusingProxyAndOneWithoutServerGiveNoAnswer() throws IOException {
        proxy.refuse(true);
        try (var http = TestHttp.connect(proxy.port())) {
            assertThat(http.closedByServer()).isTrue();
        }
        try (var orphan = TcpProxy.to(FreePorts.one());
                var http = TestHttp.connect(orphan.port())) {
            assertThat(http.closedByServer()).isTrue();
        }
    }

    @Test
    void freePortsAreDifferentAndBelowTheEphemeralRange() {
        assertThat(FreePorts.of(20)).doesNotHaveDuplicates().allMatch(port -> port < 32_768);
    }

    private static Reply get(TestHttp http) throws IOException {
        return http.request("GET", "/", Map.of(), "").read();
    }
}
