package dev.turnpike.launcher.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.launcher.contract.Contract.Operation;
import dev.turnpike.runtime.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bounds that a description sets to the fields of a body, with values on both sides. */
public final class BodyBounds {
    /** What no text may have that has no bound of its own, in characters. */
    private static final int TEXT_MAX = 5_000;

    private static final int DEPTH_MAX = 6;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Contract contract;
    private final List<Bound> found = new ArrayList<>();

    private BodyBounds(Contract contract) {
        this.contract = contract;
    }

    /**
     * One bound of one field.
     *
     * @param place pointer to the field
     * @param beyond a value that the bound forbids
     * @param within the last value that it allows, where nothing else forbids it
     */
    public record Bound(
            String place, String rule, JsonNode beyond, Optional<? extends JsonNode> within) {
        /** The field as replies name it. */
        public String named() {
            return place.substring(1).replaceAll("/(\\d+)", "[$1]").replace('/', '.');
        }

        /** {@code body} with the forbidden value. */
        public String beyondIn(String body) {
            return in(body, beyond);
        }

        /** {@code body} with another value. */
        public String in(String body, JsonNode value) {
            var root = Json.parseObject(body.getBytes(StandardCharsets.UTF_8));
            JsonNode at = root;
            var names = place.substring(1).split("/");
            for (int i = 0; i < names.length - 1; i++) {
                at = inside(at, names[i], Character.isDigit(names[i + 1].charAt(0)));
            }
            put(at, names[names.length - 1], value);
            return root.toString();
        }

        /** What is at {@code name}, made if it is not there. */
        private static JsonNode inside(JsonNode at, String name, boolean list) {
            JsonNode next = at.isArray() ? at.path(Integer.parseInt(name)) : at.path(name);
            if (list ? next instanceof ArrayNode : next instanceof ObjectNode) {
                return next;
            }
            JsonNode made = list ? JSON.arrayNode() : JSON.objectNode();
            put(at, name, made);
            return made;
        }

        private static void put(JsonNode at, String name, JsonNode value) {
            if (at instanceof ArrayNode array) {
                int index = Integer.parseInt(name);
                if (index < array.size()) {
                    array.set(index, value);
                } else {
                    array.add(value);
                }
            } else {
                ((ObjectNode) at).set(name, value);
            }
        }
    }

    /** Every bound of the operation's JSON body; none when it takes no body. */
    public static List<Bound> of(Contract contract, Operation operation) {
        var bounds = new BodyBounds(contract);
        bounds.walk(operation.node().at("/requestBody/content/application~1json/schema"), "", 0);
        return bounds.found;
    }

    private void walk(JsonNode schema, String place, int depth) {
        if (depth > DEPTH_MAX || schema.isMissingNode()) {
            return;
        }
        for (var part : contract.parts(schema)) {
            for (var property : part.path("properties").properties()) {
                var inner = place + "/" + property.getKey();
                var type = contract.resolved(property.getValue());
                field(type, inner);
                walk(type, inner, depth + 1);
            }
            var items = part.path("items");
            if (!items.isMissingNode()) {
                field(contract.resolved(items), place + "/0");
                walk(items, place + "/0", depth + 1);
            }
        }
    }

    private void field(JsonNode type, String place) {
        if (type.has("enum")) {
            add(place, "enum", JSON.textNode("none-of-them"), Optional.empty());
        } else if (is(type, "array")) {
            list(type, place);
        } else if (is(type, "string") && !is(type, "number")) {
            text(type, place);
        } else if (is(type, "integer") && !is(type, "string")) {
            number(type, place);
        }
    }

    private static boolean is(JsonNode type, String name) {
        var said = type.path("type");
        if (said.isTextual()) {
            return said.asText().equals(name);
        }
        for (var one : said) {
            if (one.asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private void text(JsonNode type, String place) {
        int max = type.path("maxLength").asInt(TEXT_MAX);
        boolean free = type.has("maxLength") && !type.has("pattern") && !type.has("format");
        Optional<JsonNode> within =
                free ? Optional.of(JSON.textNode("x".repeat(max))) : Optional.empty();
        add(place, "maxLength", JSON.textNode("x".repeat(max + 1)), within);
        if (type.path("minLength").asInt() > 0) {
            add(place, "minLength", JSON.textNode(""), Optional.empty());
        }
        if (type.has("pattern")) {
            add(place, "pattern", JSON.textNode("\u00e9 ?\n"), Optional.empty());
        }
    }

    private void number(JsonNode type, String place) {
        if (type.has("minimum")) {
            long min = type.path("minimum").asLong();
            add(place, "minimum", JSON.numberNode(min - 1), Optional.of(JSON.numberNode(min)));
        }
        if (type.has("maximum")) {
            long max = type.path("maximum").asLong();
            add(place, "maximum", JSON.numberNode(max + 1), Optional.of(JSON.numberNode(max)));
        }
    }

    private void list(JsonNode type, String place) {
        if (type.path("minItems").asInt() > 0) {
            add(place, "minItems", JSON.arrayNode(), Optional.empty());
        }
        int max = type.path("maxItems").asInt(TEXT_MAX);
        var many = JSON.arrayNode();
        boolean texts = is(contract.resolved(type.path("items")), "string");
        for (int i = 0; i <= max; i++) {
            many.add(texts ? JSON.textNode("a/x" + i) : JSON.objectNode());
        }
        add(place, "maxItems", many, Optional.empty());
    }

    private void add(
            String place, String rule, JsonNode beyond, Optional<? extends JsonNode> within) {
        found.add(new Bound(place, rule, beyond, within));
    }
}
