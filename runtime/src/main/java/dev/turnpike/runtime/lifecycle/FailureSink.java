package dev.turnpike.runtime.lifecycle;

/** Takes the news that a part can no longer work. Thread-safe. */
@FunctionalInterface
public interface FailureSink {
    /**
     * @param part what failed, for the log
     * @param cause why
     */
    void failed(String part, Throwable cause);
}
