package dev.turnpike.launcher.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Kafka's own settings for a single embedded node; pure. */
final class BrokerProperties {
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    static final int NODE_ID = 1;

    /** Largest batch a client may send; Turnpike's records are a few kilobytes at most. */
    static final int MESSAGE_BYTES_MAX = 1_048_588;

    private static final String CLIENT_LISTENER = "PLAINTEXT";

    private BrokerProperties() {}

    static Map<String, String> of(Path log, BrokerPorts ports) {
        var properties = new HashMap<String, String>();
        properties.putAll(identity(log));
        properties.putAll(listeners(ports));
        properties.putAll(singleNodeTopics());
        properties.putAll(promptRestart());
        properties.putAll(smallFootprint());
        return Map.copyOf(properties);
    }

    private static Map<String, String> identity(Path log) {
        return Map.of(
                "process.roles", "broker,controller",
                "node.id", Integer.toString(NODE_ID),
                "log.dirs", log.toString());
    }

    private static Map<String, String> listeners(BrokerPorts ports) {
        var client = CLIENT_LISTENER + "://127.0.0.1:" + ports.kafka();
        var controller = "127.0.0.1:" + ports.controller();
        return Map.of(
                "listeners",
                client + "," + CONTROLLER_LISTENER + "://" + controller,
                "advertised.listeners",
                client,
                "listener.security.protocol.map",
                CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT",
                "inter.broker.listener.name",
                CLIENT_LISTENER,
                "controller.listener.names",
                CONTROLLER_LISTENER,
                "controller.quorum.voters",
                NODE_ID + "@" + controller);
    }

    private static Map<String, String> singleNodeTopics() {
        var properties = new HashMap<String, String>();
        for (var topic :
                new String[] {
                    "offsets.topic", "transaction.state.log", "share.coordinator.state.topic"
                }) {
            properties.put(topic + ".replication.factor", "1");
            properties.put(topic + ".num.partitions", "1");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("default.replication.factor", "1");
        properties.put("num.partitions", "1");
        properties.put("auto.create.topics.enable", "false");
        properties.put("message.max.bytes", Integer.toString(MESSAGE_BYTES_MAX));
        // A node that was off for longer than Kafka's default week must still know how far every
        // service had read, or it would read its topics from the start: as long as the ledger.
        properties.put("offsets.retention.minutes", Integer.toString(400 * 24 * 60));
        return properties;
    }

    /**
     * The controller waits for the old broker session to end before it accepts the same node again,
     * so a short session makes a restart after a crash short. Its price: a pause of the JVM longer
     * than the session fences the broker until its next heartbeat.
     */
    private static Map<String, String> promptRestart() {
        return Map.of(
                "controlled.shutdown.enable", "true",
                "broker.session.timeout.ms", "1500",
                "broker.heartbeat.interval.ms", "250",
                "initial.broker.registration.timeout.ms", "30000",
                "server.max.startup.time.ms", "60000",
                "group.initial.rebalance.delay.ms", "0",
                "group.streams.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "1000");
    }

    private static Map<String, String> smallFootprint() {
        return Map.of(
                "num.network.threads", "1",
                "num.io.threads", "2",
                "log.cleaner.threads", "1",
                "log.cleaner.dedupe.buffer.size", "2097152",
                // Indexes are allocated whole: at the default 10 MiB, two per partition, a copy of
                // the directory that does not know sparse files would take gigabytes.
                "log.index.size.max.bytes", "1048576");
    }
}
