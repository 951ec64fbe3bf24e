package dev.turnpike.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.buffers.DataReader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientConnectionTest {
    @Test
    void anIdleConnectionHoldsNoLongHost() {
        var usual = "a".repeat(ClientConnection.HOST_CHARS_KEPT_MAX);
        try (var watch = new ReadWatch(Duration.ofSeconds(1), Duration.ofSeconds(1), () -> 0)) {
            var connection = new ClientConnection(DataReader.create(() -> null), () -> null, watch);

            connection.says(usual);
            assertThat(connection.saidBefore(usual)).isTrue();

            connection.says(usual + "a");
            assertThat(connection.saidBefore(usual + "a")).isFalse();
            assertThat(connection.saidBefore(usual)).isFalse();
        }
    }
}
