package dev.turnpike.runtime.http;

import io.helidon.http.HeaderNames;

/** {@code /metrics} in Prometheus' text format. */
public final class MetricsRoutes {
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private MetricsRoutes() {}

    /** Adds the route. */
    public static void addTo(Routes routes, Metrics metrics) {
        routes.get(
                "/metrics",
                (request, response) -> {
                    response.header(HeaderNames.CONTENT_TYPE, CONTENT_TYPE);
                    response.send(metrics.scrape());
                });
    }
}
