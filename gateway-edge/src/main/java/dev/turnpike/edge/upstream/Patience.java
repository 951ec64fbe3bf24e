package dev.turnpike.edge.upstream;

/** Asked every now and then, on the caller's thread, while an upstream is silent. */
@FunctionalInterface
public interface Patience {
    /** Waits as long as the deadlines allow. */
    Patience ENDLESS = () -> true;

    /** Whether the answer is still wanted; {@code false} cancels the call. */
    boolean keepWaiting();
}
