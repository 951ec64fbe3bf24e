package dev.turnpike.control.http;

import io.helidon.http.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the route of a method and a path, for commands that are not requests of their own. */
final class RouteTable {
    private final List<Route> routes;

    /**
     * @param routes the first that matches is taken
     */
    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /**
     * @param parameters of the path, by name
     */
    record Found(Route route, Map<String, String> parameters) {}

    /** The route, if there is one; {@code path} stands below {@code /v1/gateway}. */
    Optional<Found> find(Method method, String path) {
        var segments = path.split("/", -1);
        return routes.stream()
                .filter(route -> route.method().equals(method))
                .flatMap(route -> match(route, segments).stream())
                .findFirst();
    }

    private static Optional<Found> match(Route route, String[] segments) {
        var pattern = route.path().split("/", -1);
        if (pattern.length != segments.length) {
            return Optional.empty();
        }
        var parameters = new HashMap<String, String>();
        for (int i = 0; i < pattern.length; i++) {
            var part = pattern[i];
            if (part.startsWith("{") && !segments[i].isEmpty()) {
                parameters.put(part.substring(1, part.length() - 1), segments[i]);
            } else if (!part.equals(segments[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(new Found(route, parameters));
    }
}
