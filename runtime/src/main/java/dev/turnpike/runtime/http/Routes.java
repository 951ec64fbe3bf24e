package dev.turnpike.runtime.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import io.helidon.common.uri.UriPath;
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
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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

    /** What makes a pattern more than a text. */
    private static final String PATTERN_CHARS = "{[*\\%;";

    /**
     * @param plain the path itself where the pattern is one
     */
    private record Route(Method method, PathMatcher path, Optional<String> plain, Handler handler) {
        boolean matches(UriPath asked) {
            return path.match(asked).accepted();
        }
    }

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
        boolean plain =
                pattern.startsWith("/")
                        && pattern.chars().noneMatch(c -> PATTERN_CHARS.indexOf(c) >= 0);
        var text = plain ? Optional.of(pattern) : Optional.<String>empty();
        routes.add(new Route(method, PathMatchers.create(pattern), text, handler));
        return this;
    }

    /** For paths a pattern cannot describe. The first route that matches serves a request. */
    public Routes on(Method method, PathMatcher path, Handler handler) {
        routes.add(new Route(method, path, Optional.empty(), handler));
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

    /** Those without parameters that no route before them takes. */
    PlainRoutes plain() {
        var plain = new PlainRoutes();
        for (var route : routes) {
            route.plain()
                    .ifPresent(text -> {
                        var path = UriPath.create(text);
                        if (route.equals(firstFor(route.method(), path))) {
                            var routed = route.path().match(path).path();
                            plain.add(
                                    route.method(),
                                    text,
                                    new PlainRoutes.Found(routed, route.handler()));
                        }
                    });
        }
        return plain;
    }

    private @Nullable Route firstFor(Method method, UriPath path) {
        for (var route : routes) {
            if (route.method().equals(method) && route.matches(path)) {
                return route;
            }
        }
        return null;
    }

    private void nothingMatched(ServerRequest request, ServerResponse response) {
        var allowed = new TreeSet<String>();
        for (var route : routes) {
            if (route.matches(request.prologue().uriPath())) {
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
