package dev.turnpike.usage;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** What Kafka Streams itself measures and an operator watches. Thread-safe, never blocks. */
final class StreamsGauges {
    private final Supplier<? extends Map<MetricName, ? extends Metric>> metrics;

    /**
     * @param metrics the metrics of the running application, empty before it runs
     */
    StreamsGauges(Supplier<? extends Map<MetricName, ? extends Metric>> metrics) {
        this.metrics = metrics;
    }

    void register(MeterRegistry registry) {
        Gauge.builder("turnpike.usage.lag", this::lag)
                .description("Records of the most delayed partition that wait to be counted")
                .baseUnit("records")
                .strongReference(true)
                .register(registry);
        Gauge.builder("turnpike.usage.restore.remaining", this::toRestore)
                .description("Records of state that wait to be restored")
                .baseUnit("records")
                .strongReference(true)
                .register(registry);
    }

    /** Records the most delayed partition is behind. */
    long lag() {
        long most = 0;
        for (var entry : metrics.get().entrySet()) {
            if (entry.getKey().group().equals("consumer-fetch-manager-metrics")
                    && entry.getKey().name().equals("records-lag")
                    && entry.getKey().tags().getOrDefault("topic", "").endsWith(".requests")) {
                most = Math.max(most, value(entry.getValue()));
            }
        }
        return most;
    }

    /**
     * Offsets of state still to be restored, of all tasks of this instance. Transaction markers are
     * among them, so a few may be left when all is restored.
     */
    long toRestore() {
        long sum = 0;
        for (var entry : metrics.get().entrySet()) {
            if (entry.getKey().name().equals("restore-remaining-records-total")) {
                sum += value(entry.getValue());
            }
        }
        return sum;
    }

    private static long value(Metric metric) {
        return metric.metricValue() instanceof Number number && !Double.isNaN(number.doubleValue())
                ? Math.max(0, number.longValue())
                : 0;
    }
}
