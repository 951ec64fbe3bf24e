package dev.turnpike.edge;

import dev.turnpike.edge.http.RequestBodies;
import dev.turnpike.edge.journal.Journal;
import dev.turnpike.edge.limit.Costs;
import dev.turnpike.edge.limit.FastAdmission;
import dev.turnpike.runtime.control.ControlViewApp;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What an operator watches of a running edge. */
final class EdgeMeters {
    private EdgeMeters() {}

    static void watch(
            MeterRegistry registry,
            Journal journal,
            FastAdmission admission,
            ControlViewApp control) {
        Gauge.builder(
                        "turnpike.edge.journal.unacknowledged",
                        journal,
                        j -> j.status().unacknowledged())
                .description("Journal records that Kafka has not acknowledged")
                .register(registry);
        Gauge.builder(
                        "turnpike.edge.journal.unacknowledged.bytes",
                        journal,
                        j -> j.status().unacknowledgedBytes())
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("turnpike.edge.requests.open", journal, j -> j.status().open())
                .description("Admitted requests that are not settled")
                .register(registry);
        Gauge.builder("turnpike.edge.limit.counters", admission, FastAdmission::liveCounters)
                .register(registry);
        Gauge.builder(
                        "turnpike.edge.control.staleness",
                        control,
                        c -> c.staleness().toMillis() / 1_000.0)
                .baseUnit("seconds")
                .description("Time since Kafka last answered")
                .register(registry);
        Gauge.builder("turnpike.edge.control.resident", control, c -> c.view().residentBytes())
                .baseUnit("bytes")
                .description("Memory outside the heap that keys and groups take")
                .register(registry);
    }

    static void watch(MeterRegistry registry, RequestBodies bodies) {
        Gauge.builder("turnpike.edge.bodies.memory", bodies, b -> b.memory().taken())
                .baseUnit("bytes")
                .description("Memory set aside for the bodies of running requests")
                .register(registry);
        Gauge.builder("turnpike.edge.uploads.disk", bodies, b -> b.disk().taken())
                .baseUnit("bytes")
                .description("Disk that uploads take until they are whole and sent")
                .register(registry);
    }

    static void watch(MeterRegistry registry, Costs costs) {
        FunctionCounter.builder("turnpike.edge.cost.unpriced", costs, Costs::unpriced)
                .description("Requests under a COST limit that no price was known for")
                .register(registry);
    }
}
