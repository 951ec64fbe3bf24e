package dev.turnpike.edge.pipeline;

/** Whether an answer whose client has left is still read. Thread-safe. */
@FunctionalInterface
interface Drain {
    /** It is cancelled, which is what most providers charge less for. */
    Drain NEVER = () -> false;

    /** Asked first when the client has left, and then again and again; answers at once. */
    boolean goesOn();
}
