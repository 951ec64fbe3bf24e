package dev.turnpike.launcher.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.testkit.net.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryIT {
    private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

    @TempDir private Path directory;

    @Test
    void aPathThatIsAFileIsRefusedByName() throws IOException {
        var file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> DataDirectory.open(file.resolve("data")))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("cannot be written");
    }

    @Test
    void aFullDiskIsReportedWithWhatIsFree() {
        assertThatThrownBy(() -> DataDirectory.requireSpace(directory, 3L << 20))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("disk full")
                .hasMessageContaining("3 MiB");
    }

    @Test
    void aClosedDirectoryCanBeTakenAgain() {
        DataDirectory.open(directory).close();
        try (var again = DataDirectory.open(directory)) {
            assertThat(again.log()).isEqualTo(directory.resolve("log"));
        }
    }

    @Test
    void chosenPortsAreBelowTheEphemeralRangeAndKept() throws IOException {
        var first = BrokerPorts.settle(directory, BrokerSettings.ANY_PORT, RANDOM);
        assertThat(first.kafka()).isBetween(BrokerPorts.CHOSEN_MIN, BrokerPorts.CHOSEN_MAX);
        assertThat(first.controller()).isNotEqualTo(first.kafka());
        assertThat(BrokerPorts.settle(directory, BrokerSettings.ANY_PORT, RANDOM)).isEqualTo(first);
    }

    @Test
    void anotherKafkaPortKeepsTheControllersPort() throws IOException {
        var first = BrokerPorts.settle(directory, BrokerSettings.ANY_PORT, RANDOM);
        int wanted =
                FreePorts.of(3).stream()
                        .filter(port -> port != first.kafka() && port != first.controller())
                        .findFirst()
                        .orElseThrow();
        var moved = BrokerPorts.settle(directory, wanted, RANDOM);
        assertThat(moved).isEqualTo(new BrokerPorts(wanted, first.controller()));
    }

    @Test
    void aRememberedPortThatIsTakenIsNamedRatherThanReplaced() throws IOException {
        var first = BrokerPorts.settle(directory, BrokerSettings.ANY_PORT, RANDOM);
        try (var taken = new ServerSocket(first.kafka(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> BrokerPorts.settle(directory, BrokerSettings.ANY_PORT, RANDOM))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " is taken");
        }
    }
}
