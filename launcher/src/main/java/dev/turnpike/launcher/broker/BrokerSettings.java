package dev.turnpike.launcher.broker;

import java.nio.file.Path;

/**
 * Where the embedded broker keeps its data and where it listens.
 *
 * @param dataDirectory owned by one broker at a time; created when absent
 * @param kafkaPort port on loopback for clients, 1 to 65535, or {@link #ANY_PORT}
 */
public record BrokerSettings(Path dataDirectory, int kafkaPort) {
    /**
     * Means the port used before on this directory, or any free one on its first start. The choice
     * is stored in the directory, so clients find the broker at the same address after a restart.
     */
    public static final int ANY_PORT = 0;

    private static final int PORT_MAX = 65_535;

    /**
     * @throws IllegalArgumentException if the port is out of range
     */
    public BrokerSettings {
        if (kafkaPort < 0 || kafkaPort > PORT_MAX) {
            throw new IllegalArgumentException("not a port: " + kafkaPort);
        }
        dataDirectory = dataDirectory.toAbsolutePath().normalize();
    }
}
