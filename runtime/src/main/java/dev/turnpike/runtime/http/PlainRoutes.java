package dev.turnpike.runtime.http;

import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.RoutedPath;
import io.helidon.webserver.http.Handler;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The routes whose paths hold no parameter, found by one look-up where the server tries one route
 * after the other. Filled before the listener starts, then only read.
 */
final class PlainRoutes {
    /** One of them; the path is the same for all requests. */
    record Found(RoutedPath path, Handler handler) {}

    private final Map<String, Map<Method, Found>> byPath = new HashMap<>();

    /** Adds a route; of two for one path and method the first stays. */
    void add(Method method, String path, Found route) {
        byPath.computeIfAbsent(path, any -> new HashMap<>()).putIfAbsent(method, route);
    }

    /** Whether there is one with this path, whatever its method. */
    boolean have(String path) {
        return byPath.containsKey(path);
    }

    /** The route of a request; null where its path is not that of a route to the letter. */
    @Nullable Found find(HttpPrologue request) {
        var methods = byPath.get(request.uriPath().rawPath());
        return methods == null ? null : methods.get(request.method());
    }
}
