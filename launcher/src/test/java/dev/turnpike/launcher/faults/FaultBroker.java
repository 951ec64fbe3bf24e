package dev.turnpike.launcher.faults;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker as a process of its own, so that it can be killed: {@code DIRECTORY PORT}. */
final class FaultBroker {
    /** Start of the line printed when it answers. */
    static final String LISTENING = "broker on ";

    private FaultBroker() {}

    public static void main(String[] args) throws InterruptedException {
        var settings = new BrokerSettings(Path.of(args[0]), Integer.parseInt(args[1]));
        try (var broker = EmbeddedBroker.start(settings)) {
            System.out.println(LISTENING + broker.bootstrapServers());
            new CountDownLatch(1).await();
        }
    }
}
