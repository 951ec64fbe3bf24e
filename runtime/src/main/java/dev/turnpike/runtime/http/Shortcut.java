package dev.turnpike.runtime.http;

import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ErrorHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/**
 * The way of requests on one HTTP/1.1 connection to their routes. Most ask for the same few paths;
 * these go through the same arrival and the same handling of problems as all others, but past the
 * server's own chain of filters and routes, and what they answer is written in one piece. All other
 * requests go the server's way. Used by the connection's thread only.
 */
final class Shortcut implements HttpRouting {
    /** What shortcuts of all connections have in common. */
    record Ways(PlainRoutes routes, Arrival arrival, ErrorHandlers problems) {}

    private final Ways ways;
    private final HttpRouting server;
    private final ReplyBuffer buffer;

    /**
     * @param server knows all routes
     * @param writer to the client
     */
    Shortcut(Ways ways, HttpRouting server, DataWriter writer) {
        this.ways = ways;
        this.server = server;
        this.buffer = new ReplyBuffer(writer);
    }

    @Override
    public void route(ConnectionContext context, RoutingRequest request, RoutingResponse response) {
        var route = ways.routes.find(request.prologue());
        if (route == null) {
            server.route(context, request, response);
            return;
        }
        request.path(route.path());
        var reply = new WholeReply(request, response, buffer);
        ways.problems.runWithErrorHandling(
                context,
                request,
                reply,
                () -> {
                    ways.arrival.filter(
                            () -> serve(route, context, request, reply), request, reply);
                    return null;
                });
    }

    /** What it throws is answered here, as the server has it: whoever arrived is still there. */
    private void serve(
            PlainRoutes.Found route,
            ConnectionContext context,
            RoutingRequest request,
            RoutingResponse reply) {
        ways.problems.runWithErrorHandling(
                context,
                request,
                reply,
                () -> {
                    route.handler().handle(request, reply);
                    if (!reply.hasEntity()) {
                        throw new IllegalStateException("a route has not answered");
                    }
                    return null;
                });
    }

    @Override
    public HttpSecurity security() {
        return server.security();
    }
}
