package dev.turnpike.control.http;

import io.helidon.http.Method;
import java.util.function.Function;

/**
 * One route of the management API.
 *
 * @param pattern below {@code /v1/gateway}, with {@code {name}} for parameters
 * @param operation what a caller must be allowed to do
 */
record Route(Method method, String pattern, Operation operation, Handling handling) {
    /** How a request is handled. */
    sealed interface Handling {}

    /** Answered by any replica from its image. */
    record Read(Function<Reading, Reply> handler) implements Handling {}

    /** Decided by the owner. */
    record Write(Function<Asking, Change> handler, Body body) implements Handling {}

    /** Whether a body is read. */
    enum Body {
        REQUIRED,
        OPTIONAL,
        NONE
    }

    static Route get(String pattern, Operation operation, Function<Reading, Reply> handler) {
        return new Route(Method.GET, pattern, operation, new Read(handler));
    }

    static Route post(String pattern, Operation operation, Function<Asking, Change> handler) {
        return new Route(Method.POST, pattern, operation, new Write(handler, Body.REQUIRED));
    }

    static Route postMaybeEmpty(
            String pattern, Operation operation, Function<Asking, Change> handler) {
        return new Route(Method.POST, pattern, operation, new Write(handler, Body.OPTIONAL));
    }

    static Route patch(String pattern, Operation operation, Function<Asking, Change> handler) {
        return new Route(Method.PATCH, pattern, operation, new Write(handler, Body.REQUIRED));
    }

    static Route delete(String pattern, Operation operation, Function<Asking, Change> handler) {
        return new Route(Method.DELETE, pattern, operation, new Write(handler, Body.NONE));
    }
}
