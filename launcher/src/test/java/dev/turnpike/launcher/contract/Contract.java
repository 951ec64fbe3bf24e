package dev.turnpike.launcher.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.turnpike.control.http.ControlApi;
import dev.turnpike.edge.http.EdgeDescription;
import dev.turnpike.runtime.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * An OpenAPI file as a contract: every answer to a described operation must be described, in its
 * media type and its schema, and hold no field that is not. Thread-safe.
 */
public final class Contract {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    private final JsonNode root;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, JsonSchema> schemas = new ConcurrentHashMap<>();

    /**
     * A described operation.
     *
     * @param matcher of paths as they are sent
     */
    public record Operation(String id, String method, String path, Pattern matcher, JsonNode node) {
        /** The statuses that are described. */
        public List<Integer> statuses() {
            return names(node.path("responses")).stream().map(Integer::valueOf).toList();
        }

        /** The roles that may call it; empty when nobody is asked for a key. */
        public List<String> roles() {
            return StreamSupport.stream(node.path("x-roles").spliterator(), false)
                    .map(JsonNode::asText)
                    .toList();
        }

        @Override
        public String toString() {
            return id;
        }
    }

    private Contract(byte[] yaml) {
        try {
            root = new YAMLMapper().readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (var path : root.path("paths").properties()) {
            var whole = base(path.getValue()) + path.getKey();
            var literal = whole.replaceAll("([.+])", "\\\\$1");
            var matcher =
                    Pattern.compile(
                            literal.replace("{model}", ".+") // A slug has a slash.
                                    .replaceAll("\\{[^}]*}", "[^/]+"));
            for (var method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operations.add(
                            new Operation(
                                    method.getValue().path("operationId").asText(),
                                    method.getKey().toUpperCase(Locale.ROOT),
                                    whole,
                                    matcher,
                                    method.getValue()));
                }
            }
        }
    }

    /** The first server of a path. */
    private String base(JsonNode item) {
        var own = item.at("/servers/0/url");
        var url = own.isMissingNode() ? root.at("/servers/0/url") : own;
        return url.asText().replaceFirst("/$", "");
    }

    /** Of the management API. */
    public static Contract ofControl() {
        return Holder.CONTROL;
    }

    /** Of the inference API, in its form with {@code /v1} in front. */
    public static Contract ofEdge() {
        return Holder.EDGE;
    }

    /** Loaded when it is first needed. */
    private static final class Holder {
        static final Contract CONTROL = new Contract(ControlApi.description());
        static final Contract EDGE = new Contract(EdgeDescription.packaged());
    }

    /** Every operation, in the order of the file. */
    public List<Operation> operations() {
        return operations;
    }

    /** The names of the parameters of a path, in its order. */
    public static List<String> parameters(Operation operation) {
        return Arrays.stream(operation.path().split("/"))
                .filter(part -> part.startsWith("{"))
                .map(part -> part.substring(1, part.length() - 1))
                .toList();
    }

    /** Whether the operation takes a parameter of the query or a header of this name. */
    public boolean takes(Operation operation, String name) {
        return StreamSupport.stream(operation.node().path("parameters").spliterator(), false)
                .map(this::resolved)
                .anyMatch(parameter -> parameter.path("name").asText().equals(name));
    }

    /** Fails unless {@code answer} is described; an answer of no operation is none of ours. */
    public void check(HttpResponse<byte[]> answer) {
        var method = answer.request().method();
        var path = answer.uri().getRawPath();
        operation(method, path).ifPresent(operation -> check(operation, answer));
    }

    private Optional<Operation> operation(String method, String path) {
        return operations.stream()
                .filter(operation -> operation.method().equals(method))
                .filter(operation -> operation.matcher().matcher(path).matches())
                // The path with the fewest parameters says most.
                .min(Comparator.comparing(operation -> parameters(operation).size()));
    }

    private void check(Operation operation, HttpResponse<byte[]> answer) {
        var name = operation.id() + " " + answer.statusCode();
        var described = operation.node().path("responses").path("" + answer.statusCode());
        if (described.isMissingNode()) {
            throw new AssertionError(name + " is not described: " + text(answer));
        }
        var type = answer.headers().firstValue("content-type").orElse("").replaceFirst(";.*", "");
        var content = resolved(described).path("content");
        if (content.isEmpty() && answer.body().length == 0) {
            return;
        }
        if (!content.has(type)) {
            throw new AssertionError(name + " is not described as " + type);
        }
        if (type.endsWith("json")) {
            checkBody(name, content.path(type).path("schema"), answer);
        }
    }

    private void checkBody(String name, JsonNode schema, HttpResponse<byte[]> answer) {
        var body = parsed(answer);
        var faults = schemas.computeIfAbsent(name, _ -> compiled(schema)).validate(body);
        if (!faults.isEmpty()) {
            throw new AssertionError(name + " breaks its schema: " + faults + " in " + body);
        }
        var unknown = new ArrayList<String>();
        undescribed(body, List.of(schema), "", unknown);
        if (String.valueOf(answer.uri().getQuery()).contains("dry_run=true")) {
            unknown.remove(".dry_run"); // Said once, for all changes.
        }
        if (!unknown.isEmpty()) {
            throw new AssertionError(name + " has fields that are not described: " + unknown);
        }
    }

    /** A document of its own, so that references into the components resolve. */
    private JsonSchema compiled(JsonNode schema) {
        var document = (ObjectNode) schema.deepCopy();
        document.set("components", root.path("components"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(document);
    }

    private void undescribed(JsonNode value, List<JsonNode> schemas, String at, List<String> out) {
        var all = schemas.stream().flatMap(schema -> parts(schema).stream()).toList();
        if (value.isArray()) {
            var items = all.stream().filter(s -> s.has("items")).map(s -> s.path("items")).toList();
            value.forEach(element -> undescribed(element, items, at + "[]", out));
        } else if (value.isObject() && all.stream().anyMatch(s -> s.has("properties"))) {
            for (var field : value.properties()) {
                var inner =
                        all.stream()
                                .map(s -> s.path("properties").path(field.getKey()))
                                .filter(s -> !s.isMissingNode())
                                .toList();
                if (inner.isEmpty() && all.stream().noneMatch(Contract::open)) {
                    out.add(at + "." + field.getKey());
                } else {
                    undescribed(field.getValue(), inner, at + "." + field.getKey(), out);
                }
            }
        }
    }

    private static boolean open(JsonNode schema) {
        var more = schema.path("additionalProperties");
        return more.isObject() || more.asBoolean();
    }

    /** A schema and all it is composed of. */
    List<JsonNode> parts(JsonNode schema) {
        var found = new ArrayList<JsonNode>();
        var type = resolved(schema);
        found.add(type);
        for (var word : new String[] {"allOf", "oneOf", "anyOf"}) {
            type.path(word).forEach(part -> found.addAll(parts(part)));
        }
        return found;
    }

    /** What a reference leads to. */
    JsonNode resolved(JsonNode node) {
        var found = node;
        while (found.has("$ref")) {
            found = root.at(found.path("$ref").asText().substring(1));
        }
        return found;
    }

    private static JsonNode parsed(HttpResponse<byte[]> answer) {
        return Json.parse(answer.body());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
