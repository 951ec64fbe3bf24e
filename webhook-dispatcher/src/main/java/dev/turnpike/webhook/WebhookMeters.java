package dev.turnpike.webhook;

import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import dev.turnpike.webhook.send.SlotPool;
import dev.turnpike.webhook.topology.Delivering;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What an operator watches of deliveries; no label names a webhook. Thread-safe. */
final class WebhookMeters implements Delivering.Observer {
    private final Map<Result, Counter> attempts = new EnumMap<>(Result.class);
    private final Counter events;
    private final Timer latency;

    WebhookMeters(MeterRegistry registry, SlotPool slots) {
        for (var result : Result.values()) {
            attempts.put(
                    result,
                    Counter.builder("turnpike.webhook.attempts")
                            .description("Recorded plans and attempts by what followed from them")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        events =
                Counter.builder("turnpike.webhook.events.delivered")
                        .description("Events that a receiver has accepted")
                        .register(registry);
        latency =
                Timer.builder("turnpike.webhook.attempt.duration")
                        .description("How long attempts take, whatever their end")
                        .register(registry);
        Gauge.builder("turnpike.webhook.attempts.running", slots, SlotPool::taken)
                .description("Attempts that run now")
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void recorded(DeliveryAttempt attempt) {
        var counter = attempts.get(attempt.result());
        if (counter != null) {
            counter.increment();
        }
        switch (attempt.result()) {
            case DELIVERED -> {
                events.increment(attempt.entryIds().size());
                latency.record(Duration.ofMillis(attempt.latencyMs()));
            }
            case WILL_RETRY, EXHAUSTED, GONE ->
                    latency.record(Duration.ofMillis(attempt.latencyMs()));
            case PLANNED, DROPPED -> {
                // Nothing was sent, so nothing took time.
            }
        }
    }
}
