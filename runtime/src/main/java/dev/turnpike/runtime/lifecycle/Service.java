package dev.turnpike.runtime.lifecycle;

import java.util.List;

/**
 * Something that runs: started once, closed once, never started again. Started and closed by one
 * thread; {@link #ready} is asked by any thread.
 */
public interface Service extends AutoCloseable {
    /** Short name for logs and health, lower case with dashes. */
    String name();

    /**
     * Starts and returns when the service can do its work or is on its way there; readiness is
     * {@link #ready}'s business.
     *
     * @param onFailure to be called at most once, from any thread, when the service can no longer
     *     work; the host then stops everything
     * @throws RuntimeException if it cannot start; {@link #close} is called also then
     */
    void start(FailureSink onFailure);

    /** The checks that must all pass before traffic is sent here; cheap, never blocking. */
    default List<Check> ready() {
        return List.of();
    }

    /** Stops taking work, finishes what runs within its drain time, and releases everything. */
    @Override
    void close();
}
