package dev.turnpike.control.http;

import java.util.function.UnaryOperator;

/**
 * A request to change something, as handlers see it.
 *
 * @param body the fields of the body; empty for a request without one
 * @param path gives a parameter of the path
 * @param draws new ids and secrets
 */
record Asking(Fields body, UnaryOperator<String> path, Draws draws) {
    /** The same request with other parameters of the path. */
    Asking withPath(UnaryOperator<String> other) {
        return new Asking(body, other, draws);
    }
}
