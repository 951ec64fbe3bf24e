package dev.turnpike.control.log;

import dev.turnpike.control.domain.Command;
import dev.turnpike.control.domain.Image;
import dev.turnpike.schemas.control.Actor;
import dev.turnpike.schemas.id.KeyPrefix;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A change on its way to the owner.
 *
 * @param command draws the command from the image it is decided on; called once, on the owner's
 *     thread, must not block and may throw a {@code ProblemException}
 * @param askedBy the management key that asks, looked at again when the change is decided; empty
 *     for the service itself
 * @param requestId of the HTTP request
 * @param expectedVersion from {@code If-Match}
 * @param dryRun decide and answer without appending
 */
public record Submission(
        Function<Image, Command> command,
        Optional<KeyPrefix> askedBy,
        Actor actor,
        String requestId,
        OptionalLong expectedVersion,
        Optional<Idempotency> idempotency,
        boolean dryRun) {
    /** The type of actors that are parts of the service itself. */
    public static final String SYSTEM_TYPE = "system";

    /** A change of the service itself, which nobody retries. */
    public static Submission ofSystem(String part, Function<Image, Command> command) {
        return new Submission(
                command,
                Optional.empty(),
                new Actor(SYSTEM_TYPE, part, null, null),
                part,
                OptionalLong.empty(),
                Optional.empty(),
                false);
    }
}
