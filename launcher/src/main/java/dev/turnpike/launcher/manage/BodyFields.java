package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.manage.Field.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Reads from a JSON Schema which fields a body has. */
final class BodyFields {
    /** Deepest nested object whose fields become options. */
    private static final int DEPTH_MAX = 3;

    /** References followed from one node; longer chains are circles. */
    private static final int REFERENCES_MAX = 16;

    private static final List<String> COMPOSED = List.of("allOf", "oneOf", "anyOf");

    private final JsonNode root;

    /**
     * @param root the document that references point into
     */
    BodyFields(JsonNode root) {
        this.root = root;
    }

    /** The fields of an object's schema, those of nested objects in place of the objects. */
    List<Field> of(JsonNode schema) {
        var found = new ArrayList<Field>();
        collect(schema, List.of(), found);
        return found;
    }

    private void collect(JsonNode schema, List<String> path, List<Field> found) {
        for (var property : properties(schema).entrySet()) {
            var inner = new ArrayList<>(path);
            inner.add(property.getKey());
            var type = resolved(property.getValue());
            if (inner.size() < DEPTH_MAX && !properties(type).isEmpty()) {
                collect(type, inner, found);
            } else if (!type.path("readOnly").asBoolean()) {
                found.add(field(inner, property.getValue(), ""));
            }
        }
    }

    /**
     * @param otherwise the description, when the schema has none
     */
    Field field(List<String> path, JsonNode schema, String otherwise) {
        var type = resolved(schema);
        var choices = new ArrayList<String>();
        for (var choice : type.path("enum")) {
            if (choice.isTextual()) {
                choices.add(choice.textValue());
            }
        }
        var description = schema.path("description").asText(type.path("description").asText());
        return new Field(
                path,
                kind(type),
                description.isEmpty() ? otherwise : description,
                choices,
                type.path("writeOnly").asBoolean(),
                types(type).contains("null"));
    }

    private Kind kind(JsonNode type) {
        var types = new ArrayList<>(types(type));
        types.remove("null");
        if (types.size() != 1) {
            return types.isEmpty() && type.has("enum") ? Kind.TEXT : Kind.STRUCTURE;
        }
        return switch (types.getFirst()) {
            case "string" -> Kind.TEXT;
            case "integer", "number" -> Kind.NUMBER;
            case "boolean" -> Kind.FLAG;
            case "array" -> {
                var items = types(resolved(type.path("items")));
                yield items.equals(List.of("string")) ? Kind.TEXTS : Kind.STRUCTURE;
            }
            default -> Kind.STRUCTURE;
        };
    }

    private static List<String> types(JsonNode schema) {
        var type = schema.path("type");
        if (type.isTextual()) {
            return List.of(type.textValue());
        }
        var types = new ArrayList<String>();
        type.forEach(each -> types.add(each.asText()));
        return types;
    }

    /** The properties of an object, those of the schemas it is composed of included. */
    SequencedMap<String, JsonNode> properties(JsonNode schema) {
        var properties = new LinkedHashMap<String, JsonNode>();
        var type = resolved(schema);
        for (var word : COMPOSED) {
            for (var part : type.path(word)) {
                properties.putAll(properties(part));
            }
        }
        for (Map.Entry<String, JsonNode> property : type.path("properties").properties()) {
            properties.put(property.getKey(), property.getValue());
        }
        return properties;
    }

    /** What a reference leads to; anything else is itself. */
    JsonNode resolved(JsonNode node) {
        var found = node;
        for (int i = 0; i < REFERENCES_MAX && found.has("$ref"); i++) {
            found = root.at(found.path("$ref").asText().substring(1));
        }
        return found;
    }
}
