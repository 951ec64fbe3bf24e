package dev.turnpike.launcher.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.random.RandomGenerator;

/**
 * The two loopback ports of the broker, remembered in its directory. They lie below 32768, the
 * start of Linux's ephemeral range, so that no outgoing connection can be sitting on one at a
 * restart.
 *
 * @param kafka where clients connect
 * @param controller where the broker talks to its own controller; part of the quorum's identity
 */
record BrokerPorts(int kafka, int controller) {
    static final int CHOSEN_MIN = 20_000;
    static final int CHOSEN_MAX = 32_000;

    private static final int DRAWS_MAX = 500;
    private static final String FILE = "ports.properties";

    /**
     * Returns the ports to use on {@code directory} and stores them there. Both are free at the
     * moment of return.
     *
     * @param wanted a port, or {@link BrokerSettings#ANY_PORT}
     * @throws BrokerStartException naming the port, if one that must be used is taken
     * @throws IOException if the choice cannot be read or stored
     */
    static BrokerPorts settle(Path directory, int wanted, RandomGenerator random)
            throws IOException {
        var file = directory.resolve(FILE);
        var stored = load(file);
        int kafka = wanted != BrokerSettings.ANY_PORT ? wanted : stored.kafka;
        if (kafka == BrokerSettings.ANY_PORT) {
            kafka = draw(random, stored.controller);
        }
        int controller = stored.controller;
        if (controller == BrokerSettings.ANY_PORT || controller == kafka) {
            controller = draw(random, kafka);
        }
        requireFree(kafka, "Kafka");
        requireFree(controller, "Kafka controller");
        var settled = new BrokerPorts(kafka, controller);
        if (!settled.equals(stored)) {
            settled.store(file);
        }
        return settled;
    }

    private static BrokerPorts load(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new BrokerPorts(BrokerSettings.ANY_PORT, BrokerSettings.ANY_PORT);
        }
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
            return new BrokerPorts(
                    Integer.parseInt(properties.getProperty("kafka", "")),
                    Integer.parseInt(properties.getProperty("controller", "")));
        } catch (IllegalArgumentException e) {
            throw new BrokerStartException(
                    file + " is damaged; delete it to have new ports chosen", e);
        }
    }

    private void store(Path file) throws IOException {
        var fresh = file.resolveSibling(FILE + ".new");
        Files.writeString(fresh, "kafka=" + kafka + "\ncontroller=" + controller + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static int draw(RandomGenerator random, int except) {
        for (int i = 0; i < DRAWS_MAX; i++) {
            int port = random.nextInt(CHOSEN_MIN, CHOSEN_MAX + 1);
            if (port != except && isFree(port)) {
                return port;
            }
        }
        throw new BrokerStartException(
                "no free port found between " + CHOSEN_MIN + " and " + CHOSEN_MAX);
    }

    private static void requireFree(int port, String purpose) {
        if (!isFree(port)) {
            throw new BrokerStartException(
                    "%s port %d is taken; stop what listens there or choose another port"
                            .formatted(purpose, port));
        }
    }

    private static boolean isFree(int port) {
        try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
