package dev.turnpike.launcher;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * A control plane in a process of its own, for tests that kill it: the brokers are the first
 * argument, its directory the second. Prints a line with its URL once it is ready.
 */
final class ControlChild {
    static final String READY = "ready at ";

    private ControlChild() {}

    public static void main(String[] args) throws InterruptedException {
        try (var replica = ControlReplica.start(args[0], Path.of(args[1]))) {
            System.out.println(READY + replica.url());
            new CountDownLatch(1).await();
        }
    }
}
