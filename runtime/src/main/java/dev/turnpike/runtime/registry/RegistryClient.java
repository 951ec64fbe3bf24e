package dev.turnpike.runtime.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * Talks to a schema registry over Confluent's REST API. Ids never change, so each is asked for once
 * and then answered from memory. Thread-safe; blocks for at most {@link #ANSWER_TIMEOUT}.
 */
public final class RegistryClient implements SchemaIds, AutoCloseable {
    /** How long one answer may take. */
    public static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

    /** Schemas remembered; a registry has a handful for us, so more is an error. */
    public static final int SCHEMAS_MAX = 10_000;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

    private final String base;
    private final Optional<Secret> credentials;
    private final boolean autoRegister;
    private final HttpClient http;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Subject, Integer> ids = new ConcurrentHashMap<>();

    /**
     * @param base the registry's root; a path is kept
     * @param credentials {@code user:password} for HTTP basic authentication
     * @param autoRegister whether {@link #idOf} registers a schema the registry does not know
     */
    public RegistryClient(URI base, Optional<Secret> credentials, boolean autoRegister) {
        this.base = base.toString().replaceAll("/+$", "");
        this.credentials = credentials;
        this.autoRegister = autoRegister;
        this.http =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT_TIMEOUT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
    }

    /** The newest schema of a subject, as the registry has it. */
    public record Registered(int id, int version, Schema schema) {}

    /**
     * Registers {@code schema}, or finds it when it is registered already.
     *
     * @return its id
     * @throws RegistryUnavailableException if the registry does not answer or refuses
     */
    public int register(String subject, Schema schema) {
        return post("/subjects/" + encode(subject) + "/versions", schema);
    }

    /**
     * Registers every released schema in the order of release, so that consumers can read all of
     * our topics before the first record is written.
     *
     * @throws RegistryUnavailableException if the registry does not answer or refuses
     */
    public void registerAll() {
        for (var released : CompiledSchemas.INSTANCE.released()) {
            register(released.subject(), CompiledSchemas.INSTANCE.schemaOf(released.id()));
        }
    }

    /**
     * The newest schema of {@code subject}, or empty when there is none.
     *
     * @throws RegistryUnavailableException if the registry does not answer
     */
    public Optional<Registered> latest(String subject) {
        var request = request("/subjects/" + encode(subject) + "/versions/latest").GET();
        return send(request.build())
                .map(body ->
                        new Registered(
                                body.path("id").asInt(),
                                body.path("version").asInt(),
                                parse(body)));
    }

    @Override
    public int idOf(Subject subject) {
        var known = ids.get(subject);
        if (known != null) {
            return known;
        }
        var schema = CompiledSchemas.INSTANCE.latest(subject);
        var name = subject.subjectName();
        int id = autoRegister ? register(name, schema) : post("/subjects/" + encode(name), schema);
        ids.put(subject, id);
        remember(id, schema);
        return id;
    }

    @Override
    public Schema schemaOf(int id) {
        var known = schemas.get(id);
        if (known != null) {
            return known;
        }
        var body =
                send(request("/schemas/ids/" + id).GET().build())
                        .orElseThrow(() ->
                                new UnreadableRecordException(
                                        "the registry has no schema " + id, null));
        var schema = parse(body);
        remember(id, schema);
        return schema;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private void remember(int id, Schema schema) {
        if (schemas.size() >= SCHEMAS_MAX) {
            throw new RegistryUnavailableException("more than " + SCHEMAS_MAX + " schemas", null);
        }
        schemas.put(id, schema);
    }

    private int post(String path, Schema schema) {
        var body = Json.bytes(Json.object().put("schema", schema.toString()));
        var request = request(path).POST(BodyPublishers.ofByteArray(body)).build();
        var id = send(request).map(reply -> reply.path("id"));
        if (id.isEmpty() || !id.get().isInt()) {
            throw new RegistryUnavailableException("the registry does not know " + path, null);
        }
        return id.get().intValue();
    }

    private HttpRequest.Builder request(String path) {
        var request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(ANSWER_TIMEOUT)
                        .header("accept", MEDIA_TYPE)
                        .header("content-type", MEDIA_TYPE);
        credentials.ifPresent(userAndPassword ->
                request.header(
                        "authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(
                                                userAndPassword
                                                        .reveal()
                                                        .getBytes(StandardCharsets.UTF_8))));
        return request;
    }

    /** The reply, or empty for 404. */
    private Optional<JsonNode> send(HttpRequest request) {
        try {
            var reply = http.send(request, BodyHandlers.ofByteArray());
            if (reply.statusCode() == 404) {
                return Optional.empty();
            }
            if (reply.statusCode() != 200) {
                throw new RegistryUnavailableException(
                        "the registry answered "
                                + reply.statusCode()
                                + " for "
                                + request.uri().getPath(),
                        null);
            }
            return Optional.of(Json.parse(reply.body()));
        } catch (IOException | ProblemException e) {
            throw new RegistryUnavailableException("the registry does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException("interrupted", e);
        }
    }

    private static Schema parse(JsonNode body) {
        try {
            return new Schema.Parser().parse(body.path("schema").asText());
        } catch (SchemaParseException e) {
            throw new RegistryUnavailableException("the registry has no Avro schema", e);
        }
    }

    private static String encode(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8);
    }
}
