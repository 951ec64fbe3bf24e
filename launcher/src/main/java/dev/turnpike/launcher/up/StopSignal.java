package dev.turnpike.launcher.up;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish that the process ends, from a signal or from code; wishing twice is the same as once.
 * Thread-safe.
 */
public final class StopSignal {
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    /**
     * Makes SIGTERM and SIGINT request the stop and hold the process until {@link #done}, but no
     * longer than {@code patience}.
     */
    public void onTermination(Duration patience) {
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("stop-signal")
                                .unstarted(() -> requestAndWait(patience)));
    }

    private void requestAndWait(Duration patience) {
        request();
        try {
            if (!done.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                System.err.println("not stopped within " + patience + ", ending regardless");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks for the stop. */
    public void request() {
        requested.countDown();
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /**
     * Waits for the wish.
     *
     * @return whether it came within {@code patience}
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public boolean await(Duration patience) throws InterruptedException {
        return requested.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Says that everything has been put away and the process may end. */
    public void done() {
        done.countDown();
    }
}
