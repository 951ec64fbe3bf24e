package dev.turnpike.launcher.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The ports of our own listeners. A port given as 0 is drawn once, below 32768 (the start of
 * Linux's ephemeral range, so that no outgoing connection can be sitting on it), and remembered in
 * the data directory: URLs stay the same over a restart.
 */
final class ListenerPorts {
    static final int CHOSEN_MIN = 20_000;
    static final int CHOSEN_MAX = 32_000;

    private static final int DRAWS_MAX = 500;
    private static final String FILE = "ports.properties";

    private final Path file;
    private final RandomGenerator random;
    private final Map<String, Integer> remembered;
    private final Map<String, Integer> settled = new TreeMap<>();

    private ListenerPorts(Path file, RandomGenerator random, Map<String, Integer> remembered) {
        this.file = file;
        this.random = random;
        this.remembered = remembered;
    }

    /**
     * Reads what {@code directory} remembers.
     *
     * @throws StartException if that is unreadable
     */
    static ListenerPorts of(Path directory, RandomGenerator random) {
        var file = directory.resolve(FILE);
        return new ListenerPorts(file, random, load(file));
    }

    /**
     * Decides a port, free at the moment of return, and remembers it.
     *
     * @param name for the file and messages, such as {@code gateway}
     * @param wanted a port, or 0 for the one used before or a new one
     * @throws StartException naming the port and {@code flag}, if one that must be used is taken
     */
    int settle(String name, String host, int wanted, String flag) {
        int port = wanted != 0 ? wanted : remembered.getOrDefault(name, 0);
        if (port == 0) {
            port = draw(host);
        } else {
            requireFree(name, host, port, flag);
        }
        settled.put(name, port);
        if (!Integer.valueOf(port).equals(remembered.put(name, port))) {
            store();
        }
        return port;
    }

    /**
     * @throws StartException naming the port and {@code flag}, if it is taken
     */
    void requireFree(String name, String host, int port, String flag) {
        if (port != 0 && (!isFree(host, port) || settled.containsValue(port))) {
            throw new StartException(
                    ("%s port %d is taken; stop what listens there or choose another with %s"
                                    + " (0 takes any free one)")
                            .formatted(name, port, flag));
        }
    }

    private int draw(String host) {
        for (int i = 0; i < DRAWS_MAX; i++) {
            int port = random.nextInt(CHOSEN_MIN, CHOSEN_MAX + 1);
            if (!remembered.containsValue(port)
                    && !settled.containsValue(port)
                    && isFree(host, port)) {
                return port;
            }
        }
        throw new StartException("no free port found from " + CHOSEN_MIN + " to " + CHOSEN_MAX);
    }

    private static boolean isFree(String host, int port) {
        try (var probe = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static Map<String, Integer> load(Path file) {
        var ports = new TreeMap<String, Integer>();
        if (!Files.exists(file)) {
            return ports;
        }
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
            for (var name : properties.stringPropertyNames()) {
                ports.put(name, Integer.valueOf(properties.getProperty(name).strip()));
            }
            return ports;
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException(file + " is damaged; delete it to have new ports chosen", e);
        }
    }

    private void store() {
        var text = new StringBuilder();
        remembered.forEach((name, port) -> text.append(name).append('=').append(port).append('\n'));
        var fresh = file.resolveSibling(FILE + ".new");
        try {
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StartException(file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
