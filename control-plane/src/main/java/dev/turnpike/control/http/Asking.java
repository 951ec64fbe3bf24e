package dev.turnpike.control.http;

import dev.turnpike.control.domain.Image;
import java.util.function.UnaryOperator;

/**
 * A request to change something, as handlers see it.
 *
 * @param body the fields of the body; empty for a request without one
 * @param path gives a parameter of the path
 * @param draws new ids and secrets
 * @param sent the request as it was sent, for what is signed
 * @param image what there is now; the command is decided on a later one
 */
record Asking(Fields body, UnaryOperator<String> path, Draws draws, SentRequest sent, Image image) {
    /** The same request with other parameters of the path. */
    Asking withPath(UnaryOperator<String> other) {
        return new Asking(body, other, draws, sent, image);
    }
}
