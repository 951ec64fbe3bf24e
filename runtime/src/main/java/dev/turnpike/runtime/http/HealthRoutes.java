package dev.turnpike.runtime.http;

import dev.turnpike.runtime.lifecycle.Check;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code /health/live} says that the process answers; {@code /health/ready} says whether to send
 * traffic here and which named check says no.
 */
public final class HealthRoutes {
    private final Supplier<List<Check>> checks;

    private HealthRoutes(Supplier<List<Check>> checks) {
        this.checks = checks;
    }

    /**
     * Adds both routes.
     *
     * @param checks asked on every request; all must pass
     */
    public static void addTo(Routes routes, Supplier<List<Check>> checks) {
        var health = new HealthRoutes(checks);
        add(routes, "/health/live", HealthRoutes::live);
        add(routes, "/health/ready", health::ready);
    }

    /** Some load balancers ask with HEAD. */
    private static void add(Routes routes, String path, Handler handler) {
        routes.get(path, handler);
        routes.on(Method.HEAD, PathMatchers.create(path), handler);
    }

    private static void live(ServerRequest request, ServerResponse response) {
        send(request, response, Status.OK_200, Json.bytes(Json.object().put("status", "up")));
    }

    private void ready(ServerRequest request, ServerResponse response) {
        boolean all = true;
        var body = Json.object();
        var list = body.putArray("checks");
        for (var check : checks.get()) {
            var outcome = check.probe().get();
            all &= outcome.ok();
            var entry = list.addObject().put("name", check.name());
            entry.put("status", outcome.ok() ? "up" : "down");
            if (!outcome.detail().isEmpty()) {
                entry.put("detail", outcome.detail());
            }
        }
        body.put("status", all ? "up" : "down");
        var status = all ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503;
        send(request, response, status, Json.bytes(body));
    }

    private static void send(
            ServerRequest request, ServerResponse response, Status status, byte[] body) {
        response.status(status);
        response.header(HeaderValues.CONTENT_TYPE_JSON);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        if (request.prologue().method().equals(Method.HEAD)) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            response.send(); // A body here would be read as the next reply.
        } else {
            response.send(body);
        }
    }
}
