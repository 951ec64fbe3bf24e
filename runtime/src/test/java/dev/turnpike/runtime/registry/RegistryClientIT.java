package dev.turnpike.runtime.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.avro.UnreadableRecordException;
import dev.turnpike.schemas.deadletter.DeadLetter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryClientIT {
    /** Other ids than the compiled ones, as another installation's registry gives them. */
    private static final int FIRST_ID = 4_000;

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> idBySchema = new HashMap<>();
    private HttpServer server;
    private RegistryClient client;
    private volatile int failWith;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/base", this::answer);
        server.start();
        client = client(true);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    @Test
    void recordsCarryTheIdsOfTheRegistryAndEachIsAskedForOnce() {
        var codec = RecordCodec.of(Subject.DEAD_LETTERS, DeadLetter.class, client);
        var bytes = codec.encode(letter());
        codec.encode(letter());

        assertThat(ByteBuffer.wrap(bytes, 1, 4).getInt()).isEqualTo(FIRST_ID);
        assertThat(codec.decode(bytes).reader()).isEqualTo("r");
        assertThat(calls)
                .containsExactly("POST /base/subjects/turnpike.dead-letters-value/versions");
    }

    @Test
    void anotherReaderFindsTheSchemaByItsId() {
        client.registerAll();
        var bytes = RecordCodec.of(Subject.DEAD_LETTERS, DeadLetter.class, client).encode(letter());
        try (var other = client(true)) {
            var codec = RecordCodec.of(Subject.DEAD_LETTERS, DeadLetter.class, other);

            assertThat(codec.decode(bytes).reader()).isEqualTo("r");
        }
        assertThat(calls).filteredOn(call -> call.startsWith("GET")).hasSize(1);
        assertThat(calls).allMatch(call -> call.contains("/base/"));
    }

    @Test
    void withoutAutoRegistrationOnlyAKnownSchemaHasAnId() {
        try (var reader = client(false)) {
            assertThatThrownBy(() -> reader.idOf(Subject.LEDGER))
                    .isInstanceOf(RegistryUnavailableException.class);
            client.registerAll();

            assertThat(reader.idOf(Subject.LEDGER)).isEqualTo(client.idOf(Subject.LEDGER));
        }
    }

    @Test
    void anUnknownIdIsTheRecordsFaultButAnOutageIsNot() {
        assertThatThrownBy(() -> client.schemaOf(77)).isInstanceOf(UnreadableRecordException.class);
        failWith = 500;
        assertThatThrownBy(() -> client.schemaOf(78))
                .isInstanceOf(RegistryUnavailableException.class);
        server.stop(0);
        assertThatThrownBy(() -> client.schemaOf(79))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void theLatestSchemaOfASubjectCanBeAskedFor() {
        assertThat(client.latest("none-value")).isEmpty();
        client.registerAll();

        assertThat(client.latest(Subject.LEDGER.subjectName()))
                .get()
                .extracting(RegistryClient.Registered::schema)
                .isEqualTo(CompiledSchemas.INSTANCE.latest(Subject.LEDGER));
    }

    private RegistryClient client(boolean autoRegister) {
        var base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/base/");
        return new RegistryClient(base, Optional.of(new Secret("user:hush")), autoRegister);
    }

    private static DeadLetter letter() {
        return new DeadLetter("r", "t", 0, 0, null, null, "e", Instant.EPOCH);
    }

    /** The least of a registry: subjects are told apart by their schemas only. */
    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        calls.add(exchange.getRequestMethod() + " " + path);
        var body = exchange.getRequestBody().readAllBytes();
        var reply = reply(exchange, path, body);
        int status = failWith != 0 ? failWith : reply.isEmpty() ? 404 : 200;
        var bytes = reply.orElse("{\"error_code\":40403}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized Optional<String> reply(HttpExchange exchange, String path, byte[] body) {
        assertThat(exchange.getRequestHeaders().getFirst("content-type"))
                .isEqualTo("application/vnd.schemaregistry.v1+json");
        assertThat(exchange.getRequestHeaders().getFirst("authorization"))
                .isEqualTo("Basic dXNlcjpodXNo");
        if (exchange.getRequestMethod().equals("POST")) {
            var schema = Json.parseObject(body).get("schema").asText();
            if (path.endsWith("/versions")) {
                idBySchema.putIfAbsent(schema, FIRST_ID + idBySchema.size());
            }
            return Optional.ofNullable(idBySchema.get(schema)).map(id -> "{\"id\":" + id + "}");
        }
        var last = path.substring(path.lastIndexOf('/') + 1);
        if (last.equals("latest")) {
            return idBySchema.entrySet().stream()
                    .filter(entry -> path.contains("ledger"))
                    .filter(entry -> entry.getKey().contains("LedgerEntry"))
                    .findFirst()
                    .map(entry -> described(entry.getValue(), entry.getKey()));
        }
        return idBySchema.entrySet().stream()
                .filter(entry -> last.equals(String.valueOf(entry.getValue())))
                .findFirst()
                .map(entry -> described(entry.getValue(), entry.getKey()));
    }

    private static String described(int id, String schema) {
        var reply = Json.object().put("id", id).put("version", 1).put("schema", schema);
        return new String(Json.bytes(reply), StandardCharsets.UTF_8);
    }
}
