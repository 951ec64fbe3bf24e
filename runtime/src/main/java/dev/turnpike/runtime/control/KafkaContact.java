package dev.turnpike.runtime.control;

import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Watches when Kafka last answered the consumer that follows the control state. An idle but healthy
 * connection answers about twice a second, so silence means that Kafka is away.
 */
public final class KafkaContact implements AutoCloseable {
    /** Time between two looks. */
    static final Duration LOOK_INTERVAL = Duration.ofMillis(250);

    private final KafkaStreams streams;
    private final InstantSource clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Instant lastAnswer;
    private double answers = -1;

    private KafkaContact(KafkaStreams streams, InstantSource clock) {
        this.streams = streams;
        this.clock = clock;
        this.lastAnswer = clock.instant(); // The global store was restored a moment ago.
    }

    /** Watches the global consumer of a started application until closed. */
    public static KafkaContact watch(
            KafkaStreams streams, InstantSource clock, FailureSink onFailure) {
        var contact = new KafkaContact(streams, clock);
        Threads.virtual("kafka-contact", onFailure, contact::run);
        return contact;
    }

    /** When Kafka last answered, within {@link #LOOK_INTERVAL}. */
    public Instant heardAt() {
        return lastAnswer;
    }

    /** Time since Kafka last answered, within {@link #LOOK_INTERVAL}. */
    public Duration staleness() {
        var since = Duration.between(lastAnswer, clock.instant());
        return since.isNegative() ? Duration.ZERO : since;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            while (!closed.await(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                double now = count();
                if (now != answers) {
                    answers = now;
                    lastAnswer = clock.instant();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Fetches answered so far to the global consumer. */
    private double count() {
        double sum = 0;
        for (var metric : streams.metrics().values()) {
            var name = metric.metricName();
            if (name.name().equals("fetch-total")
                    && name.group().equals("consumer-fetch-manager-metrics")
                    && name.tags().getOrDefault("client-id", "").endsWith("-global-consumer")
                    && metric.metricValue() instanceof Double value) {
                sum += value;
            }
        }
        return sum;
    }
}
