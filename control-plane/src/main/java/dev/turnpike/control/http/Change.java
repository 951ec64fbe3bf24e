package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.log.Answer;
import java.util.function.Function;

/**
 * What a handler makes of a request to change something.
 *
 * @param command draws the command from the image it is decided on
 * @param reply what to answer once it is committed
 */
record Change(Function<Image, Command> command, Function<Answer.Done, Reply> reply) {
    /** A command that needs no look at the image. */
    static Change of(Command command, Function<Answer.Done, Reply> reply) {
        return new Change(image -> command, reply);
    }
}
