package dev.turnpike.launcher;

import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A dispatcher in a process of its own, for tests that kill it: the brokers are the first argument,
 * its directory the second. Prints a line once it is ready.
 */
final class WebhookChild {
    static final String READY = "ready";

    private WebhookChild() {}

    public static void main(String[] args) throws InterruptedException {
        var clients = new KafkaClients(KafkaSettings.plain(args[0]));
        try (var service = WebhookRig.dispatcher(clients, Path.of(args[1]), Map.of())) {
            service.start((part, cause) -> System.err.println(part + ": " + cause));
            WebhookRig.awaitReady(service);
            System.out.println(READY);
            new CountDownLatch(1).await();
        }
    }
}
