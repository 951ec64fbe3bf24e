package dev.turnpike.control.log;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where the newest snapshot hangs. One thread publishes, any number read and wait. */
final class SnapshotBoard {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition published = lock.newCondition();
    private volatile Snapshot current = Snapshot.NOTHING;

    Snapshot current() {
        return current;
    }

    void publish(Snapshot next) {
        lock.lock();
        try {
            current = next;
            published.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the snapshot holds {@code position}.
     *
     * @return whether it does
     * @throws InterruptedException if the waiting thread is interrupted
     */
    boolean await(long position, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (current.position() < position) {
                if (left <= 0) {
                    return false;
                }
                left = published.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
