package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.PathMatcher;
import io.helidon.http.PathMatchers;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The routes of one listener. Patterns are Helidon's: {@code /v1/groups/{id}}. A path no route has
 * answers 404 {@code unknown_url}; a path that exists with other methods answers 405 with {@code
 * Allow}, and {@code OPTIONS} with 204 and the same.
 */
public final class Routes {
    /** Somebody who sees requests before their routes do. */
    @FunctionalInterface
    public interface First {
        /** May set headers of the reply, or send it: then nobody else answers. */
        void see(ServerRequest request, ServerResponse response);
    }

    private record Route(Method method, PathMatcher path, Handler handler) {}

    private final List<Route> routes = new ArrayList<>();
    private final List<First> first = new ArrayList<>();
    private final List<String> described = new ArrayList<>();

    public Routes get(String pattern, Handler handler) {
        return on(Method.GET, pattern, handler);
    }

    public Routes post(String pattern, Handler handler) {
        return on(Method.POST, pattern, handler);
    }

    public Routes put(String pattern, Handler handler) {
        return on(Method.PUT, pattern, handler);
    }

    public Routes patch(String pattern, Handler handler) {
        return on(Method.PATCH, pattern, handler);
    }

    public Routes delete(String pattern, Handler handler) {
        return on(Method.DELETE, pattern, handler);
    }

    public Routes on(Method method, String pattern, Handler handler) {
        // A parameter that may hold slashes is described like any other.
        described.add(method.text() + " " + pattern.replace("{+", "{"));
        return on(method, PathMatchers.create(pattern), handler);
    }

    /** For paths a pattern cannot describe. The first route that matches serves a request. */
    public Routes on(Method method, PathMatcher path, Handler handler) {
        routes.add(new Route(method, path, handler));
        return this;
    }

    /** Adds somebody who sees all requests, also those to paths that are none. */
    public Routes first(First seeing) {
        first.add(seeing);
        return this;
    }

    /** Who sees requests first, in the order of adding. */
    List<First> first() {
        return first;
    }

    /** {@code METHOD pattern} of every route that has a pattern, in the order of adding. */
    public List<String> described() {
        return List.copyOf(described);
    }

    void register(HttpRouting.Builder routing) {
        for (var route : routes) {
            routing.route(route.method(), route.path(), route.handler());
        }
        routing.any(this::nothingMatched);
    }

    private void nothingMatched(ServerRequest request, ServerResponse response) {
        var allowed = new TreeSet<String>();
        for (var route : routes) {
            if (route.path().match(request.prologue().uriPath()).accepted()) {
                allowed.add(route.method().text());
            }
        }
        if (allowed.isEmpty()) {
            throw Problem.of(ErrorCode.UNKNOWN_URL, "There is no such URL").asException();
        }
        boolean asked = request.prologue().method().equals(Method.OPTIONS);
        if (asked) {
            allowed.add(Method.OPTIONS.text());
        }
        response.header(HeaderNames.ALLOW, String.join(", ", allowed));
        if (asked) {
            response.status(Status.NO_CONTENT_204).send();
            return;
        }
        throw Problem.of(ErrorCode.METHOD_NOT_ALLOWED, "This URL has no such method").asException();
    }
}
