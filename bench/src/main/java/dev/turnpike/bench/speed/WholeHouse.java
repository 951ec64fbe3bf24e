package dev.turnpike.bench.speed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.bench.rig.BenchException;
import dev.turnpike.bench.rig.Installation;
import dev.turnpike.bench.rig.Publication;
import dev.turnpike.testkit.http.Script;
import dev.turnpike.testkit.net.TestHttp;
import dev.turnpike.testkit.webhook.WebhookSink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * What only all services together show: from the end of a request until its event is at a webhook
 * receiver, and from a management command until the edge acts on it. One thread asks.
 */
final class WholeHouse {
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ASK_EVERY = Duration.ofNanos(500_000);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    /** Requests before those that count. */
    private static final int WARM_UP = 100;

    private static final int OK = 200;
    private static final int REFUSED = 401;

    private WholeHouse() {}

    /**
     * Milliseconds from the last byte of each answer until its event arrived, in no order.
     *
     * @throws BenchException if an event does not arrive
     */
    static List<Double> webhooks(Installation house, int requests) {
        var arrived = new ConcurrentHashMap<String, Long>();
        try (var sink = WebhookSink.start()) {
            sink.answer(delivery -> {
                long now = System.nanoTime();
                for (var event : events(delivery.json())) {
                    arrived.putIfAbsent(event.path("requestId").asText(), now);
                }
                return Script.status(OK);
            });
            house.sendEventsTo(sink.url());
            var key = house.mint();
            await(house, key, OK);
            var before = ask(house, key, WARM_UP);
            awaitAll(arrived, before);
            var ended = ask(house, key, requests);
            awaitAll(arrived, ended);
            return ended.entrySet().stream()
                    .map(e -> millis(arrived.getOrDefault(e.getKey(), 0L) - e.getValue()))
                    .toList();
        } catch (IOException e) {
            throw new BenchException("the gateway does not answer: " + e.getMessage(), e);
        }
    }

    private static Iterable<JsonNode> events(JsonNode envelope) {
        return envelope.path("data").path("events");
    }

    /** When each request ended, by its id. */
    private static Map<String, Long> ask(Installation house, Installation.Minted key, int requests)
            throws IOException {
        var ended = new HashMap<String, Long>();
        var body =
                "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                        .formatted(Publication.WHOLE);
        try (var http = TestHttp.connect(house.gatewayPort())) {
            long begin = System.nanoTime();
            for (int i = 0; i < requests; i++) {
                waitUntil(begin + i * BETWEEN_REQUESTS.toNanos());
                var reply = http.postJson("/v1/chat/completions", bearer(key), body).read();
                if (reply.status() != OK) {
                    throw new BenchException("a request was answered " + reply.status());
                }
                ended.put(reply.header("x-request-id").orElseThrow(), System.nanoTime());
            }
        }
        return ended;
    }

    private static void waitUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void awaitAll(Map<String, Long> arrived, Map<String, Long> ended) {
        long began = System.nanoTime();
        while (!arrived.keySet().containsAll(ended.keySet())) {
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                var missing = ended.keySet().stream().filter(id -> !arrived.containsKey(id));
                throw new BenchException(
                        missing.count() + " events did not arrive within " + PATIENCE);
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /**
     * Milliseconds of each change, from before the command was sent until after the first answer of
     * the edge that shows it: keys are minted and revoked in turns.
     */
    static List<Double> changes(Installation house, int changes) {
        var times = new ArrayList<Double>();
        try {
            for (int i = 0; i < changes; i += 2) {
                long minting = System.nanoTime();
                var key = house.mint();
                await(house, key, OK);
                times.add(millis(System.nanoTime() - minting));
                long revoking = System.nanoTime();
                house.revoke(key);
                await(house, key, REFUSED);
                times.add(millis(System.nanoTime() - revoking));
            }
        } catch (IOException e) {
            throw new BenchException("the gateway does not answer: " + e.getMessage(), e);
        }
        return times;
    }

    private static void await(Installation house, Installation.Minted key, int wanted)
            throws IOException {
        long began = System.nanoTime();
        try (var http = TestHttp.connect(house.gatewayPort())) {
            while (http.request("GET", "/v1/models", bearer(key), "").read().status() != wanted) {
                if (System.nanoTime() - began > PATIENCE.toNanos()) {
                    throw new BenchException("a change was not in force within " + PATIENCE);
                }
                LockSupport.parkNanos(ASK_EVERY.toNanos());
            }
        }
    }

    private static Map<String, String> bearer(Installation.Minted key) {
        return Map.of("authorization", "Bearer " + key.key());
    }

    private static double millis(long nanos) {
        return (double) nanos / 1e6;
    }
}
