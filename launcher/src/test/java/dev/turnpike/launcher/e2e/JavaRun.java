package dev.turnpike.launcher.e2e;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run of a client for Java, which reports as {@code e2e/run.mjs} does: what every step saw, and
 * every request that was sent.
 */
final class JavaRun {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonNode plan;
    private final List<ObjectNode> requests = Collections.synchronizedList(new ArrayList<>());

    /** What a client is made to do, and what it saw. */
    @FunctionalInterface
    interface Step {
        JsonNode take();
    }

    /**
     * @param plan of {@link ClientRun#plan}
     */
    JavaRun(JsonNode plan) {
        this.plan = plan;
    }

    String url() {
        return plan.path("url").asText();
    }

    String key() {
        return plan.path("key").asText();
    }

    String prompt() {
        return "Hello from " + plan.path("name").asText();
    }

    boolean has(String use) {
        return plan.path("models").has(use);
    }

    String model(String use) {
        return plan.path("models").path(use).asText();
    }

    /** Notes a request; {@link #answered} adds the head of its answer, if there is one. */
    ObjectNode sent(String path) {
        var request = NODES.objectNode().put("path", path);
        requests.add(request);
        return request;
    }

    static void answered(ObjectNode request, int status, String requestId) {
        request.put("status", status).put("request_id", requestId);
    }

    int requestsSent() {
        return requests.size();
    }

    /** Adds the client's own account of the request that was sent last. */
    void called(String model, boolean stream, String outcome, long... inputAndOutput) {
        var last = requests.getLast();
        last.put("model", model).put("stream", stream).put("outcome", outcome);
        if (inputAndOutput.length == 2) {
            last.put("input_tokens", inputAndOutput[0]).put("output_tokens", inputAndOutput[1]);
        }
    }

    /** Takes the steps one by one; what one throws stands in the report. */
    ObjectNode report(Map<String, Step> steps) {
        var report = NODES.objectNode().put("run", plan.path("name").asText());
        var seen = report.putObject("steps");
        steps.forEach((name, step) -> {
            try {
                seen.set(name, step.take());
            } catch (RuntimeException e) {
                seen.putObject(name).put("thrown", trace(e));
            }
        });
        ArrayNode sent = report.putArray("requests");
        requests.forEach(sent::add);
        return report;
    }

    private static String trace(RuntimeException e) {
        return e
                + " at "
                + List.of(e.getStackTrace()).subList(0, Math.min(12, e.getStackTrace().length));
    }

    static ObjectNode object() {
        return NODES.objectNode();
    }

    /** What an answer says. */
    static ObjectNode summary(String text, String finish, String model, long input, long output) {
        return object().put("text", text)
                .put("finish", finish.toLowerCase(Locale.ROOT))
                .put("model", model)
                .put("input_tokens", input)
                .put("output_tokens", output);
    }

    static JsonNode trip(Trip trip) {
        return object().put("city", trip.city).put("days", trip.days);
    }

    static JsonNode texts(List<String> texts) {
        var array = NODES.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    /** The shape of structured answers, as the vendors' clients want it. */
    static final class Trip {
        public String city = "";
        public int days;
    }

    /** What the one tool is asked. */
    @JsonTypeName("get_weather")
    @JsonClassDescription("Weather of a city")
    static final class GetWeather {
        public String city = "";
    }
}
