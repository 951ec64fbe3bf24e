package dev.turnpike.runtime.http;

import io.helidon.webserver.Router;
import io.helidon.webserver.Routing;
import io.helidon.webserver.http.HttpRouting;
import java.util.List;

/** The server's routings, with another one for HTTP. */
record SeenRouter(Router server, HttpRouting http) implements Router {
    @Override
    public <T extends Routing> T routing(Class<T> type, T otherwise) {
        return type == HttpRouting.class ? type.cast(http) : server.routing(type, otherwise);
    }

    @Override
    public List<? extends Routing> routings() {
        return server.routings();
    }

    @Override
    public void beforeStart() {
        server.beforeStart();
    }

    @Override
    public void afterStop() {
        server.afterStop();
    }
}
