package dev.turnpike.edge.upstream;

/**
 * Asked a few times a second while an upstream is silent, by a thread that watches all calls, but
 * never after the waiting is over. It must answer at once and not throw.
 */
@FunctionalInterface
public interface Patience {
    /** Waits as long as the deadlines allow. */
    Patience ENDLESS = () -> true;

    /** Whether the answer is still wanted; {@code false} cancels the call. */
    boolean keepWaiting();
}
