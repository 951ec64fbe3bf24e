package dev.turnpike.testkit.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that must be told theirs in advance or restart on it. They lie below 32768, the
 * start of Linux's ephemeral range, so no outgoing connection takes one in between.
 */
public final class FreePorts {
    private static final int MIN = 20_000;
    private static final int MAX = 32_000;
    private static final int DRAWS_MAX = 1_000;

    private FreePorts() {}

    /** A port that is free now. */
    public static int one() {
        return of(1).getFirst();
    }

    /**
     * Different ports that are free now.
     *
     * @throws IllegalStateException if there are not as many
     */
    public static List<Integer> of(int count) {
        var found = new LinkedHashSet<Integer>();
        for (int i = 0; i < DRAWS_MAX && found.size() < count; i++) {
            int port = ThreadLocalRandom.current().nextInt(MIN, MAX);
            if (isFree(port)) {
                found.add(port);
            }
        }
        if (found.size() < count) {
            throw new IllegalStateException("no " + count + " free ports");
        }
        return List.copyOf(found);
    }

    private static boolean isFree(int port) {
        try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
