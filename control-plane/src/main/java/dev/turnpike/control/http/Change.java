package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.log.Answer;
import dev.turnpike.schemas.control.Resource;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a handler makes of a request to change something.
 *
 * @param command draws the command from the image it is decided on
 * @param reply what to answer once it is committed
 * @param holds whether the secrets of the reply are those of a resource as it is now; another
 *     request may have replaced them since
 */
record Change(
        Function<Image, Command> command,
        Function<Answer.Done, Reply> reply,
        Predicate<Resource> holds) {
    /** A change whose reply has no secrets. */
    Change(Function<Image, Command> command, Function<Answer.Done, Reply> reply) {
        this(command, reply, resource -> true);
    }

    /** A command that needs no look at the image. */
    static Change of(Command command, Function<Answer.Done, Reply> reply) {
        return new Change(image -> command, reply);
    }

    /** The same, with a reply that holds secrets. */
    static Change of(
            Command command, Function<Answer.Done, Reply> reply, Predicate<Resource> holds) {
        return new Change(image -> command, reply, holds);
    }
}
