package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.turnpike.control.http.ControlApi;
import dev.turnpike.launcher.manage.Operation.Body;
import dev.turnpike.launcher.manage.Operation.Traits;
import dev.turnpike.runtime.http.Branding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The management API as its OpenAPI file describes it. Immutable. */
public final class ApiDescription {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final Set<String> HANDLED = Set.of("limit", "cursor", "dry_run");
    private static final String SIGNATURE =
            Branding.DEFAULT_HEADER_PREFIX + RegistrationSigner.SIGNATURE;
    private static final String BASE = ControlApi.BASE + "/";

    private final JsonNode root;
    private final BodyFields fields;

    private ApiDescription(JsonNode root) {
        this.root = root;
        this.fields = new BodyFields(root);
    }

    /** The description this build was made with. */
    public static ApiDescription packaged() {
        try {
            return of(new YAMLMapper().readTree(ControlApi.description()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ApiDescription of(JsonNode root) {
        return new ApiDescription(root);
    }

    /** Every operation below {@code /v1/gateway}, in the order of the file. */
    public List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        var taken = new HashSet<CommandName>();
        for (var path : root.path("paths").properties()) {
            if (path.getKey().startsWith(BASE)) {
                for (var method : path.getValue().properties()) {
                    if (METHODS.contains(method.getKey())) {
                        operations.add(
                                operation(path.getKey(), path.getValue(), method.getKey(), taken));
                    }
                }
            }
        }
        return operations;
    }

    /**
     * @param taken names of the operations before, to which this one's is added
     */
    private Operation operation(String path, JsonNode item, String method, Set<CommandName> taken) {
        var node = item.path(method);
        var segments = Arrays.asList(path.substring(BASE.length()).split("/"));
        var id = node.path("operationId").asText();
        var usual = CommandName.of(segments, node.at("/tags/0").asText(), id);
        var name = taken.add(usual) ? usual : usual.unmistakable(id);
        var parameters = parameters(item, node);
        var body = resolved(node.path("requestBody"));
        var schema = body.at("/content/application~1json/schema");
        return new Operation(
                name.resource(),
                name.verb(),
                node.path("summary").asText(),
                method.toUpperCase(Locale.ROOT),
                path,
                segments.stream()
                        .filter(CommandName::isParameter)
                        .map(segment -> segment.substring(1, segment.length() - 1))
                        .toList(),
                query(parameters),
                traits(body, parameters, node),
                schema.isMissingNode() ? List.of() : fields.of(schema));
    }

    private Traits traits(JsonNode body, List<JsonNode> parameters, JsonNode operation) {
        var shape = operation.at("/responses/200/content/application~1json/schema");
        return new Traits(
                body.isMissingNode()
                        ? Body.NONE
                        : body.path("required").asBoolean() ? Body.REQUIRED : Body.OPTIONAL,
                has(parameters, "query", "cursor") && fields.properties(shape).containsKey("items"),
                has(parameters, "query", "dry_run"),
                has(parameters, "header", "If-Match"),
                has(parameters, "header", "Idempotency-Key"),
                has(parameters, "header", SIGNATURE));
    }

    private List<Field> query(List<JsonNode> parameters) {
        var query = new ArrayList<Field>();
        for (var parameter : parameters) {
            var name = parameter.path("name").asText();
            if (parameter.path("in").asText().equals("query") && !HANDLED.contains(name)) {
                query.add(
                        fields.field(
                                List.of(name),
                                parameter.path("schema"),
                                parameter.path("description").asText()));
            }
        }
        return query;
    }

    /** Those of the path and of the operation, which win. */
    private List<JsonNode> parameters(JsonNode item, JsonNode operation) {
        var byName = new LinkedHashMap<String, JsonNode>();
        for (var list : List.of(item.path("parameters"), operation.path("parameters"))) {
            for (var given : list) {
                var parameter = resolved(given);
                byName.put(parameter.path("in") + "/" + parameter.path("name"), parameter);
            }
        }
        return List.copyOf(byName.values());
    }

    private static boolean has(List<JsonNode> parameters, String in, String name) {
        return parameters.stream()
                .anyMatch(parameter ->
                        parameter.path("in").asText().equals(in)
                                && parameter.path("name").asText().equalsIgnoreCase(name));
    }

    private JsonNode resolved(JsonNode node) {
        return fields.resolved(node);
    }
}
