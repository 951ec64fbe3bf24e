package dev.turnpike.control.http;

import io.helidon.http.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One route of the management API.
 *
 * @param pattern below {@code /v1/gateway}, with {@code {name}} for parameters, {@code {+name}} for
 *     one that may hold slashes
 * @param operation what a caller must be allowed to do
 * @param query the parameters it takes; any other is refused
 */
record Route(
        Method method, String pattern, Operation operation, Handling handling, Set<String> query) {
    /** Asks what a change would do, without doing it. */
    static final String DRY_RUN = "dry_run";

    Route {
        query = Set.copyOf(query);
    }

    /** The pattern as it is described: a parameter that may hold slashes like any other. */
    String path() {
        return pattern.replace("{+", "{");
    }

    /** How a request is handled. */
    sealed interface Handling {}

    /** Answered by any replica from its image. */
    record Read(Function<Reading, Reply> handler) implements Handling {}

    /** Decided by the owner. */
    record Write(Function<Asking, Change> handler, Body body) implements Handling {}

    /**
     * Several changes, decided by the owner together.
     *
     * @param table the routes that may be named
     */
    record WriteAll(RouteTable table) implements Handling {}

    /** Whether a body is read. */
    enum Body {
        REQUIRED,
        OPTIONAL,
        NONE
    }

    /**
     * @param parameters of the query
     */
    static Route get(
            String pattern,
            Operation operation,
            Function<Reading, Reply> handler,
            String... parameters) {
        return new Route(Method.GET, pattern, operation, new Read(handler), Set.of(parameters));
    }

    /**
     * A list with pages.
     *
     * @param filters parameters of the query beside {@code limit} and {@code cursor}
     */
    static Route list(
            String pattern,
            Operation operation,
            Function<Reading, Reply> handler,
            String... filters) {
        var query = new HashSet<>(List.of(filters));
        query.addAll(Set.of("limit", "cursor"));
        return new Route(Method.GET, pattern, operation, new Read(handler), query);
    }

    static Route post(String pattern, Operation operation, Function<Asking, Change> handler) {
        return write(Method.POST, pattern, operation, new Write(handler, Body.REQUIRED));
    }

    static Route postMaybeEmpty(
            String pattern, Operation operation, Function<Asking, Change> handler) {
        return write(Method.POST, pattern, operation, new Write(handler, Body.OPTIONAL));
    }

    static Route patch(String pattern, Operation operation, Function<Asking, Change> handler) {
        return write(Method.PATCH, pattern, operation, new Write(handler, Body.REQUIRED));
    }

    static Route delete(String pattern, Operation operation, Function<Asking, Change> handler) {
        return write(Method.DELETE, pattern, operation, new Write(handler, Body.NONE));
    }

    static Route together(String pattern, Operation operation, RouteTable table) {
        return new Route(Method.POST, pattern, operation, new WriteAll(table), Set.of(DRY_RUN));
    }

    private static Route write(Method method, String pattern, Operation operation, Write write) {
        return new Route(method, pattern, operation, write, Set.of(DRY_RUN));
    }
}
