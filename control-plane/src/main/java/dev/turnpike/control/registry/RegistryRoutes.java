package dev.turnpike.control.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.BodyCoding;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.CompiledSchemas.Released;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaParseException;

/** The routes below {@code /schema-registry}. */
public final class RegistryRoutes {
    /** What every route stands below. */
    public static final String BASE = "/schema-registry";

    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int SUBJECT_UNKNOWN = 40401;
    private static final int VERSION_UNKNOWN = 40402;
    private static final int SCHEMA_UNKNOWN = 40403;
    private static final int VERSION_INVALID = 42202;
    private static final int SCHEMA_INVALID = 42201;
    private static final int READ_ONLY = 40501;

    private static final List<Released> RELEASED = CompiledSchemas.INSTANCE.released();

    /** Longest body of a look-up, in bytes; our longest schema is a third of that. */
    private static final int LOOKUP_BYTES_MAX = 128 << 10;

    private RegistryRoutes() {}

    /** Adds the routes. */
    public static void addTo(Routes routes) {
        get(routes, "/subjects", RegistryRoutes::subjects);
        get(routes, "/subjects/{subject}/versions", RegistryRoutes::versions);
        get(routes, "/subjects/{subject}/versions/{version}", RegistryRoutes::version);
        get(routes, "/subjects/{subject}/versions/{version}/schema", RegistryRoutes::plain);
        get(routes, "/schemas/types", request -> Json.mapper().createArrayNode().add("AVRO"));
        get(routes, "/schemas/ids/{id}", RegistryRoutes::byId);
        get(routes, "/schemas/ids/{id}/schema", request -> schema(released(request)));
        get(routes, "/schemas/ids/{id}/subjects", RegistryRoutes::subjectsOf);
        get(routes, "/schemas/ids/{id}/versions", RegistryRoutes::versionsOf);
        get(routes, "/config", request -> compatibility());
        get(routes, "/config/{subject}", RegistryRoutes::configOf);
        get(routes, "/mode", request -> Json.object().put("mode", "READONLY"));
        get(routes, "/mode/{subject}", RegistryRoutes::modeOf);
        routes.post(BASE + "/subjects/{subject}", handler(RegistryRoutes::lookup));
        var refuse = handler(RegistryRoutes::refuse);
        routes.post(BASE + "/subjects/{subject}/versions", refuse);
        routes.delete(BASE + "/subjects/{subject}", refuse);
        routes.delete(BASE + "/subjects/{subject}/versions/{version}", refuse);
        for (var target : List.of("/config", "/config/{subject}", "/mode", "/mode/{subject}")) {
            routes.on(Method.PUT, BASE + target, refuse);
            routes.on(Method.DELETE, BASE + target, refuse);
        }
    }

    /** A refusal with Confluent's code; the status is the first three digits. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int code;

        Refused(int code, String message) {
            super(message, null, false, false);
            this.code = code;
        }
    }

    private interface Answering {
        JsonNode answer(ServerRequest request);
    }

    private static void get(Routes routes, String pattern, Answering answering) {
        routes.get(BASE + pattern, handler(answering));
    }

    private static Handler handler(Answering answering) {
        return (request, response) -> {
            try {
                send(response, Status.OK_200, answering.answer(request));
            } catch (Refused e) {
                var body = Json.object().put("error_code", e.code).put("message", e.getMessage());
                send(response, Status.create(e.code / 100), body);
            }
        };
    }

    private static void send(ServerResponse response, Status status, JsonNode body) {
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, MEDIA_TYPE);
        response.send(Json.bytes(body));
    }

    private static ArrayNode subjects(ServerRequest request) {
        var prefix = request.query().first("subjectPrefix").orElse("");
        var names = Json.mapper().createArrayNode();
        RELEASED.stream()
                .map(Released::subject)
                .filter(name -> name.startsWith(prefix))
                .distinct()
                .sorted()
                .forEach(names::add);
        return names;
    }

    private static ArrayNode versions(ServerRequest request) {
        var versions = Json.mapper().createArrayNode();
        of(request).forEach(one -> versions.add(one.version()));
        return versions;
    }

    private static ObjectNode version(ServerRequest request) {
        return described(versioned(request));
    }

    private static JsonNode plain(ServerRequest request) {
        return schema(versioned(request));
    }

    private static ObjectNode byId(ServerRequest request) {
        var subject = request.query().first("subject").orElse("");
        var one = released(request);
        if (!subject.isEmpty() && !one.subject().equals(subject)) {
            throw new Refused(SCHEMA_UNKNOWN, "Schema not found");
        }
        return Json.object().put("schema", text(one));
    }

    private static ArrayNode subjectsOf(ServerRequest request) {
        return Json.mapper().createArrayNode().add(released(request).subject());
    }

    private static ArrayNode versionsOf(ServerRequest request) {
        var one = released(request);
        var versions = Json.mapper().createArrayNode();
        versions.addObject().put("subject", one.subject()).put("version", one.version());
        return versions;
    }

    private static ObjectNode configOf(ServerRequest request) {
        of(request);
        return compatibility();
    }

    private static ObjectNode modeOf(ServerRequest request) {
        of(request);
        return Json.object().put("mode", "READONLY");
    }

    private static ObjectNode compatibility() {
        return Json.object().put("compatibilityLevel", "BACKWARD_TRANSITIVE");
    }

    private static ObjectNode lookup(ServerRequest request) {
        var known = of(request);
        var asked = SchemaNormalization.toParsingForm(parsed(request));
        return known.stream()
                .filter(one -> SchemaNormalization.toParsingForm(avro(one)).equals(asked))
                .findFirst()
                .map(RegistryRoutes::described)
                .orElseThrow(() -> new Refused(SCHEMA_UNKNOWN, "Schema not found"));
    }

    private static Schema parsed(ServerRequest request) {
        try {
            var body =
                    request.content().hasEntity()
                            ? Json.parseObject(BodyCoding.small(request, LOOKUP_BYTES_MAX))
                            : Json.object();
            return new Schema.Parser().parse(body.path("schema").asText());
        } catch (ProblemException | SchemaParseException e) {
            throw new Refused(SCHEMA_INVALID, "Invalid schema");
        }
    }

    private static JsonNode refuse(ServerRequest request) {
        throw new Refused(
                READ_ONLY,
                "This registry is read-only: schemas are released with the gateway ("
                        + request.prologue().method().text()
                        + ")");
    }

    private static List<Released> of(ServerRequest request) {
        var subject = request.path().pathParameters().get("subject");
        var known = RELEASED.stream().filter(one -> one.subject().equals(subject)).toList();
        if (known.isEmpty()) {
            throw new Refused(SUBJECT_UNKNOWN, "Subject not found");
        }
        return known;
    }

    private static Released versioned(ServerRequest request) {
        var known = of(request);
        var wanted = request.path().pathParameters().get("version");
        if (wanted.equals("latest") || wanted.equals("-1")) {
            return known.getLast();
        }
        int number = number(wanted).orElse(0);
        if (number < 1) {
            throw new Refused(VERSION_INVALID, "The version must be a number from 1, or latest");
        }
        return first(known.stream().filter(one -> one.version() == number), VERSION_UNKNOWN);
    }

    private static Released released(ServerRequest request) {
        var id = number(request.path().pathParameters().get("id"));
        return first(
                RELEASED.stream().filter(one -> id.isPresent() && one.id() == id.get()),
                SCHEMA_UNKNOWN);
    }

    private static Released first(Stream<Released> found, int code) {
        return found.findFirst()
                .orElseThrow(() ->
                        new Refused(
                                code,
                                code == SCHEMA_UNKNOWN ? "Schema not found" : "Version not found"));
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static ObjectNode described(Released one) {
        return Json.object()
                .put("subject", one.subject())
                .put("id", one.id())
                .put("version", one.version())
                .put("schemaType", "AVRO")
                .put("schema", text(one));
    }

    private static JsonNode schema(Released one) {
        try {
            return Json.mapper().readTree(text(one));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a schema that is not JSON", e);
        }
    }

    private static String text(Released one) {
        return avro(one).toString();
    }

    private static Schema avro(Released one) {
        return Objects.requireNonNull(CompiledSchemas.INSTANCE.schemaOf(one.id()));
    }
}
