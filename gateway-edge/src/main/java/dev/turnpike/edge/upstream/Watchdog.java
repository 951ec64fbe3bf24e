package dev.turnpike.edge.upstream;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes sockets whose blocking step takes too long: a blocking write and a TLS handshake have no
 * timeout of their own. One daemon thread for all calls; it only closes sockets.
 */
final class Watchdog implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    Watchdog() {
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("upstream-watchdog").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
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
