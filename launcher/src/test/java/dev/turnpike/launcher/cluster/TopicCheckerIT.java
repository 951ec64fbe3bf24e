package dev.turnpike.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.kafka.TopicChecker.TopicMismatchException;
import dev.turnpike.schemas.topic.Topic;
import dev.turnpike.schemas.topic.Topic.Cleanup;
import dev.turnpike.schemas.topic.Topic.Writer;
import dev.turnpike.schemas.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TopicCheckerIT {
    @TempDir static Path directory;

    private static EmbeddedBroker broker;
    private static Admin admin;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(new BrokerSettings(directory, 0));
        admin = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers())).admin("test");
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    @Test
    void missingTopicsAreCreatedAndThenFit() throws InterruptedException {
        var checker = new TopicChecker(admin);
        checker.ensure(Topics.ALL);
        checker.ensure(Topics.ALL);
    }

    @Test
    void everyDifferenceThatCouldLoseDataIsNamed() throws InterruptedException {
        var checker = new TopicChecker(admin);
        checker.ensure(
                List.of(
                        topic("spread", 3, Cleanup.DELETE, 30),
                        topic("kept", 1, Cleanup.DELETE, 30),
                        topic("folded", 1, Cleanup.COMPACT, 0)));
        var wanted =
                List.of(
                        topic("spread", 4, Cleanup.DELETE, 30),
                        topic("kept", 1, Cleanup.DELETE, 31),
                        topic("folded", 1, Cleanup.COMPACT_AND_DELETE, 1));

        assertThatThrownBy(() -> checker.ensure(wanted))
                .isInstanceOf(TopicMismatchException.class)
                .hasMessageContaining("spread: has 3 partitions, must have 4")
                .hasMessageContaining("kept: retention.ms is 2592000000, too short")
                .hasMessageContaining("folded: cleanup.policy is compact");
    }

    @Test
    void longerRetentionThanAskedForIsFine() throws InterruptedException {
        var checker = new TopicChecker(admin);
        checker.ensure(List.of(topic("long", 1, Cleanup.DELETE, 30)));
        checker.ensure(List.of(topic("long", 1, Cleanup.DELETE, 10)));
    }

    private static Topic topic(String name, int partitions, Cleanup cleanup, int days) {
        var retention = days == 0 ? Optional.<Duration>empty() : Optional.of(Duration.ofDays(days));
        return new Topic(name, "key", partitions, cleanup, retention, Writer.EDGE);
    }
}
