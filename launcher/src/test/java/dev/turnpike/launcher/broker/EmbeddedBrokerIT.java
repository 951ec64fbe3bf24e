package dev.turnpike.launcher.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EmbeddedBrokerIT {
    private static final int RECORDS = 2_000;
    private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

    @TempDir private Path directory;

    @Test
    void recordsAndAddressSurviveARestart() {
        // Given
        String address;
        try (var broker = start()) {
            address = broker.bootstrapServers();
            new BrokerRecords(address).createTopic();
            new BrokerRecords(address).write(RECORDS);
        }
        // When
        try (var broker = start()) {
            // Then
            assertThat(broker.bootstrapServers()).isEqualTo(address);
            assertThat(new BrokerRecords(address).read(RECORDS))
                    .isEqualTo(BrokerRecords.expected(RECORDS));
        }
    }

    @Test
    void acknowledgedRecordsSurviveAKillOfTheProcess() throws Exception {
        // Given
        var child = startChild();
        try {
            assertThat(child.inputReader().readLine()).isEqualTo(BrokerChild.READY);
            // When
            child.destroyForcibly();
            assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        try (var broker = start()) {
            // Then
            assertThat(new BrokerRecords(broker.bootstrapServers()).read(RECORDS))
                    .isEqualTo(BrokerRecords.expected(RECORDS));
        }
    }

    @Test
    void aDirectoryInUseIsRefusedToASecondBrokerInThisProcess() {
        try (var first = start()) {
            assertThat(first.bootstrapServers()).startsWith("127.0.0.1:");
            assertThatThrownBy(this::start)
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining(directory.toString());
        }
    }

    @Test
    void aDirectoryInUseByAnotherProcessIsRefused() throws Exception {
        var child = startChild();
        try {
            assertThat(child.inputReader().readLine()).isEqualTo(BrokerChild.READY);
            assertThatThrownBy(this::start)
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining("in use");
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void aTakenPortIsNamedAndTheDirectoryStaysUsable() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var settings = new BrokerSettings(directory, taken.getLocalPort());
            assertThatThrownBy(() -> EmbeddedBroker.start(settings))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " is taken");
        }
        try (var broker = start()) {
            assertThat(broker.bootstrapServers()).startsWith("127.0.0.1:");
        }
    }

    @Test
    void aStartThatFailsHalfWayLeavesNoThreadThatKeepsTheProcessAlive() throws IOException {
        // Given: a port that is taken after the check, as in a race
        var log = directory.resolve("log");
        EmbeddedBroker.formatWhenNew(log);
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var free = BrokerPorts.settle(directory, BrokerSettings.ANY_PORT, RANDOM);
            var ports = new BrokerPorts(taken.getLocalPort(), free.controller());
            var before = lastingThreads();
            // When
            assertThatThrownBy(() -> EmbeddedBroker.startServer(log, ports))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()))
                    .hasMessageContaining("Address already in use");
            // Then
            Eventually.await(
                    Duration.ofSeconds(30),
                    "no thread more than before",
                    EmbeddedBrokerIT::lastingThreads,
                    before::containsAll);
        }
    }

    @Test
    void metadataOfAnotherNodeIsRefusedAndNamed() throws IOException {
        start().close();
        var meta = directory.resolve("log").resolve("meta.properties");
        Files.writeString(meta, Files.readString(meta).replace("node.id=1", "node.id=7"));
        assertThatThrownBy(this::start)
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining(directory.toString());
    }

    private EmbeddedBroker start() {
        return EmbeddedBroker.start(new BrokerSettings(directory, BrokerSettings.ANY_PORT));
    }

    private Process startChild() throws IOException {
        var command =
                List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerChild.class.getName(),
                        directory.toString(),
                        Integer.toString(RECORDS));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static Set<Thread> lastingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon())
                .collect(Collectors.toSet());
    }
}
