package dev.turnpike.runtime.control;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** How far the log has been taken in, and who waits for it. Thread-safe. */
final class Progress {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile long position = -1;
    private volatile long sequence;

    long position() {
        return position;
    }

    long sequence() {
        return sequence;
    }

    void reached(long newPosition, long newSequence) {
        lock.lock();
        try {
            position = newPosition;
            sequence = newSequence;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean await(BooleanSupplier there, Duration timeout) throws InterruptedException {
        if (there.getAsBoolean()) {
            return true;
        }
        long left = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!there.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = moved.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
