package dev.turnpike.launcher.broker;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * A process of its own for tests that kill a broker: starts one on the directory given as the first
 * argument, writes as many records as the second says, prints a line when all are acknowledged, and
 * then runs until it is killed.
 */
final class BrokerChild {
    static final String READY = "acknowledged";

    private BrokerChild() {}

    public static void main(String[] args) throws InterruptedException {
        var settings = new BrokerSettings(Path.of(args[0]), BrokerSettings.ANY_PORT);
        try (var broker = EmbeddedBroker.start(settings)) {
            var records = new BrokerRecords(broker.bootstrapServers());
            records.createTopic();
            records.write(Integer.parseInt(args[1]));
            System.out.println(READY);
            new CountDownLatch(1).await();
        }
    }
}
