package dev.turnpike.launcher.up;

import dev.turnpike.runtime.http.HealthRoutes;
import dev.turnpike.runtime.http.Listener;
import dev.turnpike.runtime.http.ListenerSettings;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.http.MetricsRoutes;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Service;
import java.util.List;
import java.util.function.Supplier;

/** Health and metrics of a service that runs alone, on a listener of their own. */
final class AdminService implements Service {
    private final Listener listener;

    /**
     * @param checks of everything in the process
     */
    AdminService(
            ListenerSettings settings,
            Metrics metrics,
            Supplier<List<Check>> checks,
            Supplier<String> requestIds) {
        var routes = new Routes();
        HealthRoutes.addTo(routes, checks);
        MetricsRoutes.addTo(routes, metrics);
        this.listener = new Listener("admin", settings, routes, requestIds);
    }

    @Override
    public String name() {
        return "admin";
    }

    @Override
    public void start(FailureSink onFailure) {
        listener.start();
    }

    @Override
    public void close() {
        listener.close();
    }
}
