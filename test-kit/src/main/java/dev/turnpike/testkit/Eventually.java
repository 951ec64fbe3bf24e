package dev.turnpike.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for something that happens on another thread or in another process, with a deadline. */
public final class Eventually {
    /** Looks are at first this far apart, and then ever further: looking costs what is tested. */
    private static final Duration FIRST_POLL = Duration.ofMillis(2);

    private static final Duration LAST_POLL = Duration.ofMillis(50);

    private Eventually() {}

    /**
     * Returns as soon as {@code condition} holds.
     *
     * @param description what is waited for; it stands in the failure
     * @throws AssertionError if the condition does not hold within {@code patience}, or if the
     *     thread is interrupted
     */
    public static void await(Duration patience, String description, BooleanSupplier condition) {
        await(patience, description, condition::getAsBoolean, held -> held);
    }

    /**
     * Returns the first value that is {@code accepted}.
     *
     * @param description what is waited for; it stands in the failure beside the last value seen
     * @throws AssertionError as above
     */
    public static <T> T await(
            Duration patience, String description, Supplier<T> value, Predicate<T> accepted) {
        long deadline = System.nanoTime() + patience.toNanos();
        long poll = FIRST_POLL.toNanos();
        while (true) {
            var seen = value.get();
            if (accepted.test(seen)) {
                return seen;
            }
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                throw new AssertionError(
                        "not within %s: %s; last seen: %s".formatted(patience, description, seen));
            }
            LockSupport.parkNanos(poll);
            poll = Math.min(poll * 2, LAST_POLL.toNanos());
        }
    }
}
