package dev.turnpike.testkit.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.http.Played;
import dev.turnpike.testkit.http.ReceivedRequest;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.http.ScriptServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Receives webhooks and answers 200 unless told otherwise: each delivery by the next queued script,
 * without one by the function set with {@link #answer}. Ready-made answers are {@link
 * Script#status}, {@link Script#retryAfter}, {@link Script#redirect}, {@link Script#hang} and
 * {@link Script#after}. To be down, close it and start another on the same port. Thread-safe.
 */
public final class WebhookSink implements AutoCloseable {
    /** Any free port. */
    public static final int ANY_PORT = 0;

    private static final Script ACCEPTED = Script.status(200);

    private final Queue<Script> queued = new ConcurrentLinkedQueue<>();
    private final List<Delivery> deliveries = new ArrayList<>();
    private final ScriptServer server;
    private volatile ScriptServer.Director answer = _ -> ACCEPTED;

    private WebhookSink(int port) {
        server = ScriptServer.start(port, this::direct, new Recorder());
    }

    public static WebhookSink start() {
        return start(ANY_PORT);
    }

    /**
     * @param port where to listen, or {@link #ANY_PORT}
     */
    public static WebhookSink start(int port) {
        return new WebhookSink(port);
    }

    public String url() {
        return "http://127.0.0.1:" + port() + "/hook";
    }

    public int port() {
        return server.port();
    }

    /** Answers the next deliveries, one each, in order of arrival. */
    public WebhookSink enqueue(Script... scripts) {
        queued.addAll(List.of(scripts));
        return this;
    }

    /** Answers every delivery that finds no queued script. */
    public WebhookSink answer(ScriptServer.Director director) {
        answer = director;
        return this;
    }

    /** Every attempt so far, in order of arrival, whatever it was answered. */
    public List<Delivery> deliveries() {
        synchronized (deliveries) {
            return List.copyOf(deliveries);
        }
    }

    /**
     * The events of all deliveries that were answered with 2xx, repetitions included. A delivery
     * counts a moment after its sender has the answer; see {@link #awaitEvents}.
     */
    public List<JsonNode> events() {
        return deliveries().stream()
                .filter(Delivery::accepted)
                .flatMap(delivery -> delivery.events().stream())
                .toList();
    }

    /** How often each {@code idempotencyKey} was accepted; 1 everywhere means no repetition. */
    public Map<String, Integer> eventCounts() {
        var counts = new LinkedHashMap<String, Integer>();
        events().forEach(event ->
                counts.merge(event.path("idempotencyKey").asText(), 1, Integer::sum));
        return counts;
    }

    /**
     * Waits until {@code count} different events were accepted and returns all accepted ones.
     *
     * @throws AssertionError if time runs out first
     */
    public List<JsonNode> awaitEvents(int count, Duration patience) {
        Eventually.await(
                patience,
                count + " different events at the webhook sink",
                () -> eventCounts().size(),
                seen -> seen >= count);
        return events();
    }

    /**
     * Waits until {@code count} attempts have arrived and returns all that have.
     *
     * @throws AssertionError if time runs out first
     */
    public List<Delivery> awaitDeliveries(int count, Duration patience) {
        return Eventually.await(
                patience,
                count + " deliveries at the webhook sink",
                this::deliveries,
                all -> all.size() >= count);
    }

    @Override
    public void close() {
        server.close();
    }

    private Script direct(ReceivedRequest request) {
        var next = queued.poll();
        return next == null ? answer.direct(request) : next;
    }

    private final class Recorder implements ScriptServer.Listener {
        @Override
        public int arrived(ReceivedRequest request, String script) {
            synchronized (deliveries) {
                int number = deliveries.size();
                deliveries.add(
                        new Delivery(number, Instant.now(), request, script, Optional.empty()));
                return number;
            }
        }

        @Override
        public void ended(int number, Played played) {
            synchronized (deliveries) {
                var before = deliveries.get(number);
                deliveries.set(
                        number,
                        new Delivery(
                                number,
                                before.at(),
                                before.request(),
                                before.script(),
                                Optional.of(played)));
            }
        }
    }
}
