package dev.turnpike.edge.upstream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes sockets whose blocking step takes too long: a blocking write and a TLS handshake have no
 * timeout of their own. One daemon thread for all calls; it only closes sockets.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Watchdog.class);

    /** How late a read may be ended. */
    private static final long LOOK_NANOS = 50_000_000L;

    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;

    /**
     * @param nanoTime what deadlines are told in
     */
    Watchdog(LongSupplier nanoTime) {
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("upstream-watchdog").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        every(LOOK_NANOS, () -> look(nanoTime.getAsLong()));
    }

    /** Ends the reads of {@code connection} that are late, until it is forgotten. */
    void watch(Connection connection) {
        connections.add(connection);
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    private void look(long now) {
        for (var connection : connections) {
            try {
                connection.look(now);
            } catch (RuntimeException e) {
                // The root of this task: an exception would end it, and every deadline with it.
                LOGGER.atError().setCause(e).log("cannot look after a connection");
            }
        }
    }

    void every(long periodNanos, Runnable task) {
        var _ = timer.scheduleWithFixedDelay(task, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
    }

    /** Runs {@code close} after that time unless the guard is closed before. */
    Guard arm(Runnable close, long afterNanos) {
        return new Guard(timer, close, afterNanos);
    }

    @Override
    public void close() {
        timer.shutdown();
    }

    /** One armed timeout. */
    static final class Guard implements AutoCloseable {
        private final ScheduledFuture<?> task;
        private volatile boolean fired;

        private Guard(ScheduledThreadPoolExecutor timer, Runnable close, long afterNanos) {
            task = timer.schedule(() -> fire(close), afterNanos, TimeUnit.NANOSECONDS);
        }

        private void fire(Runnable close) {
            fired = true;
            close.run();
        }

        boolean fired() {
            return fired;
        }

        @Override
        public void close() {
            task.cancel(false);
        }
    }
}
