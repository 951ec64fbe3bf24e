package dev.turnpike.bench.rig;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.schemas.topic.Topics;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The embedded broker in a process of its own, with all topics: {@code BrokerMain DIRECTORY}. */
final class BrokerMain {
    /** Start of the line that tells where the broker listens. */
    static final String READY = "kafka on ";

    private BrokerMain() {}

    public static void main(String[] args) throws InterruptedException {
        try (var broker = EmbeddedBroker.start(new BrokerSettings(Path.of(args[0]), 0))) {
            var clients = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
            try (var admin = clients.admin("bench")) {
                new TopicChecker(admin).ensure(Topics.ALL);
            }
            System.out.println(READY + broker.bootstrapServers());
            new CountDownLatch(1).await();
        }
    }
}
