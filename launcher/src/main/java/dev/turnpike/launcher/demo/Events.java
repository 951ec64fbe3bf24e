package dev.turnpike.launcher.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.http.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the body of a billing webhook. */
final class Events {
    private static final String TYPE = "API_BILLING_USAGE";

    private Events() {}

    /**
     * The events of one delivery.
     *
     * @throws StoryException if it is no billing envelope
     */
    static List<JsonNode> of(byte[] body) {
        var envelope = Json.parseObject(body);
        var events = envelope.path("data").path("events");
        if (!envelope.path("type").asText().equals(TYPE) || events.isEmpty()) {
            throw new StoryException("a delivery is no " + TYPE + " with events");
        }
        var list = new ArrayList<JsonNode>();
        events.forEach(list::add);
        return list;
    }

    /** Dollars by request id; an event without cost counts as zero. */
    static Map<String, BigDecimal> costs(byte[] body) {
        var costs = new HashMap<String, BigDecimal>();
        for (var event : of(body)) {
            costs.put(
                    event.path("requestId").asText(),
                    new BigDecimal(event.path("costUsd").asText("0")));
        }
        return costs;
    }
}
