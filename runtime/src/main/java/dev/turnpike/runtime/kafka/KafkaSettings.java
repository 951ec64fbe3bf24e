package dev.turnpike.runtime.kafka;

import dev.turnpike.runtime.config.Settings;
import java.util.Map;
import java.util.Optional;

/**
 * Which cluster, and how to get in.
 *
 * @param bootstrapServers {@code host:port} list
 * @param properties handed to every client as they are: security protocol, SASL, TLS stores
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> properties) {
    /** The setting that names the cluster. */
    public static final String BOOTSTRAP_SERVERS = "kafka.bootstrap-servers";

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    /** A cluster that asks for nothing; what the embedded broker is. */
    public static KafkaSettings plain(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, Map.of());
    }

    /** Reads the settings; a missing cluster is a mistake. */
    public static KafkaSettings read(Settings settings) {
        var given = readIfGiven(settings);
        if (given.isEmpty()) {
            settings.mistake(BOOTSTRAP_SERVERS, "is required");
        }
        return given.orElse(plain(""));
    }

    /** Reads the settings, or empty when no cluster is named (then an embedded one is started). */
    public static Optional<KafkaSettings> readIfGiven(Settings settings) {
        var properties =
                settings.section(
                        "kafka.properties",
                        "Properties handed to every Kafka client, such as security.protocol.");
        return settings.optionalText(BOOTSTRAP_SERVERS, "Kafka brokers as host:port, host:port.")
                .map(servers -> new KafkaSettings(servers, properties));
    }
}
