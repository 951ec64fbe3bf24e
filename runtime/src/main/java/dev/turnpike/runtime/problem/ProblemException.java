package dev.turnpike.runtime.problem;

import org.jspecify.annotations.Nullable;

/** The one exception that carries an expected failure out of a stage. Bugs use other types. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /**
     * @param cause what was caught, or null when this is where the failure was found
     */
    public ProblemException(Problem problem, @Nullable Throwable cause) {
        // Without a stack trace unless there is a cause: refusals are frequent and expected.
        super(problem.code() + ": " + problem.message(), cause, false, cause != null);
        this.problem = problem;
    }

    /** The failure to show. */
    public Problem problem() {
        return problem;
    }
}
