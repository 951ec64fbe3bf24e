package dev.turnpike.control.log;

import dev.turnpike.control.domain.Bounds;
import dev.turnpike.control.domain.Command;
import dev.turnpike.control.domain.Image;
import dev.turnpike.schemas.control.Actor;
import dev.turnpike.schemas.id.KeyPrefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Changes that happen together or not at all: each is decided on what those before it made true,
 * and all their facts are in one transaction.
 *
 * @param askedBy the management key that asks; empty for the service itself
 * @param requestId of the HTTP request; every fact has it
 * @param idempotency of the whole; a repetition changes nothing
 * @param kept the results as text without secrets, for a repetition; empty when they are too large.
 *     Called at most once, on the owner's thread
 * @param dryRun decide and answer without appending
 */
public record Together(
        List<Step> steps,
        Optional<KeyPrefix> askedBy,
        Actor actor,
        String requestId,
        Optional<Idempotency> idempotency,
        Function<List<Answer.Done>, Optional<String>> kept,
        boolean dryRun) {
    /** Facts that such a change may have; more are refused. */
    public static final int FACTS_MAX = Bounds.DEFAULT.deletionFactsMax();

    public Together {
        steps = List.copyOf(steps);
    }

    /** One of the changes. */
    public interface Step {
        /**
         * Draws the command; called once, on the owner's thread. Must not block and may throw a
         * {@code ProblemException}.
         *
         * @param before what the steps before it became
         */
        Command command(Image image, List<Answer.Done> before);

        /** The version the asker has seen; empty accepts any. */
        OptionalLong expectedVersion();
    }

    Submission submission(Step step, List<Answer.Done> before) {
        return new Submission(
                image -> step.command(image, before),
                askedBy,
                actor,
                requestId,
                step.expectedVersion(),
                Optional.empty(),
                false);
    }
}
