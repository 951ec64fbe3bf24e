package dev.turnpike.testkit.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.testkit.http.Played;
import dev.turnpike.testkit.http.Played.Ending;
import dev.turnpike.testkit.http.ReceivedRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One delivery attempt as the receiver saw it.
 *
 * @param number order of arrival, from 0
 * @param at when it arrived, by this machine's clock
 * @param request raw body and headers, as signed
 * @param script what it is answered with
 * @param played how far the answer came; empty while it is running
 */
public record Delivery(
        int number, Instant at, ReceivedRequest request, String script, Optional<Played> played) {

    /** Whether it was answered with 2xx, whole. */
    public boolean accepted() {
        return played.filter(
                        result -> result.ending() == Ending.WHOLE && result.status() / 100 == 2)
                .isPresent();
    }

    /** The events of the body: {@code data.events}, or none when it has another shape. */
    public List<JsonNode> events() {
        return eventsOf(request);
    }

    static List<JsonNode> eventsOf(ReceivedRequest request) {
        return request.json().path("data").path("events").valueStream().toList();
    }

    /** The id that stays the same over the attempts of one delivery (Standard Webhooks). */
    public Optional<String> webhookId() {
        return request.header("webhook-id");
    }
}
