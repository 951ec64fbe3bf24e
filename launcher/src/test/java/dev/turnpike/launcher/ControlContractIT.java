package dev.turnpike.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.turnpike.launcher.ManagementSamples.Sample;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.launcher.contract.Contract;
import dev.turnpike.launcher.contract.Contract.Operation;
import dev.turnpike.launcher.contract.WhiteLabel;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.id.DeliveryId;
import dev.turnpike.schemas.id.WebhookId;
import dev.turnpike.schemas.topic.LedgerPosition;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.webhook.DeliveryAttempt;
import dev.turnpike.schemas.webhook.DeliveryAttempt.Result;
import dev.turnpike.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every answer that the management API's description promises really comes. That no other comes is
 * checked wherever a {@link ControlClient} is used, here included; that none names us or a provider
 * where the operator chose a name is checked of every answer here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class ControlContractIT {
    /** Answers that need more than a control plane, and where they occur. */
    private static final Map<String, String> ELSEWHERE =
            Map.of(
                    "ready 503", "ListenerIT",
                    "rotateDomainCertificate 200", "DomainsIT",
                    "rotateDomainCertificate 404", "DomainsIT",
                    "rotateDomainCertificate 409", "DomainsIT",
                    "rotateDomainCertificate 412", "DomainsIT");

    private static final int WAITED_FOR = 503;
    private static final int BODY_MAX = 64 << 10;
    private static final int HEAD_TOO_LONG = 40 << 10;
    private static final int ATTEMPTS_MAX = 20;
    private static final Contract CONTRACT = Contract.ofControl();

    private EmbeddedBroker broker;
    private ControlReplica replica;
    private ControlReplica strict;
    private ControlClient client;
    private ManagementSamples samples;
    private ManagementBounds bounds;
    private final Map<String, String> keys = new HashMap<>();
    private KafkaClients records;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        var settings = new HashMap<>(ManagementSamples.settings(directory));
        settings.putAll(WhiteLabel.SETTINGS);
        replica = ControlReplica.start(broker.bootstrapServers(), directory, settings);
        client = replica.client().watched(WhiteLabel::check);
        samples = new ManagementSamples(client, WhiteLabel.HEADER_PREFIX);
        bounds = new ManagementBounds(client, samples);
        records = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        samples.outside("decision_id", _ -> refusal());
        samples.outside("delivery_id", this::delivery);
        var group = client.post("groups", samples.group()).text("/id");
        for (var role : ManagementSamples.roles()) {
            var body = Json.object().put("name", role).put("role", role);
            if (role.equals("tenant_admin") || role.equals("member")) {
                body.put("group_id", group);
            }
            keys.put(role, client.post("management_keys", body.toString()).text("/key"));
        }
        found("groups/" + group + "/usage"); // Once the copy of totals is there.
        var branded = new HashMap<>(WhiteLabel.SETTINGS);
        branded.put("control.requests-per-second", "1");
        branded.put("control.body-bytes-max", "" + BODY_MAX);
        strict =
                ControlReplica.start(
                        broker.bootstrapServers(), directory.resolve("strict"), branded);
    }

    @AfterAll
    void stop() {
        client.close();
        strict.close();
        replica.close();
        broker.close();
    }

    /** What an edge writes when it refuses a request. */
    private String refusal() {
        var group = client.post("groups", samples.group()).text("/id");
        try (var edge = new EdgeRecords(records)) {
            var who = new EdgeRecords.Customer(group, group, "refused");
            var id = edge.refused(who, Instant.now(), group).value();
            found("decisions/" + id);
            return id;
        }
    }

    /** What the dispatcher writes when it has delivered. */
    private String delivery(String webhook) {
        var id = DeliveryId.ofUlid(new IdSource(InstantSource.system(), new Random()).next());
        var now = Instant.now();
        var codec = RecordCodec.of(Subject.WEBHOOK_ATTEMPTS, DeliveryAttempt.class);
        try (var producer = records.promptProducer("test-dispatcher")) {
            for (var result : List.of(Result.PLANNED, Result.DELIVERED)) {
                boolean planned = result == Result.PLANNED;
                var record =
                        new DeliveryAttempt(
                                new WebhookId(webhook),
                                id,
                                planned ? 0 : 1,
                                now,
                                5,
                                planned ? 0 : 200,
                                null,
                                List.of("req_01JD0000000000000000000001"),
                                result,
                                null,
                                now,
                                planned ? List.of(new LedgerPosition(0, 0)) : List.of(),
                                planned ? null : 1L);
                producer.send(
                                new ProducerRecord<>(
                                        Topics.WEBHOOK_ATTEMPTS.name(),
                                        0,
                                        webhook.getBytes(StandardCharsets.UTF_8),
                                        codec.encode(record)))
                        .get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        Eventually.await(
                Duration.ofSeconds(60),
                "the delivery is known",
                () ->
                        client.get("webhooks/" + webhook + "/deliveries/" + id.value())
                                .text("/status")
                                .equals("delivered"));
        return id.value();
    }

    private void found(String path) {
        Eventually.await(Duration.ofSeconds(60), path, () -> client.get(path).status() == 200);
    }

    @TestFactory
    Stream<DynamicTest> everyDescribedAnswerOccurs() {
        return CONTRACT.operations().stream()
                .flatMap(operation ->
                        operation.statuses().stream()
                                .filter(status -> status != WAITED_FOR)
                                .filter(status -> !ELSEWHERE.containsKey(operation + " " + status))
                                .map(status ->
                                        dynamicTest(
                                                operation + " " + status,
                                                () -> occurs(operation, status))));
    }

    private void occurs(Operation operation, int status) {
        var got = answer(operation, status);
        assertThat(got.status()).as("%s", got.body()).isEqualTo(status);
    }

    /** Asked together, because each waits for a position that never comes. */
    @Test
    void everyOperationThatWaitsInVainSaysSo() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls =
                    CONTRACT.operations().stream()
                            .filter(operation -> operation.statuses().contains(WAITED_FOR))
                            .filter(operation -> !ELSEWHERE.containsKey(operation + " 503"))
                            .map(operation -> (Callable<Void>) () -> waitInVain(operation))
                            .toList();
            for (var done : threads.invokeAll(calls)) {
                done.get();
            }
        }
    }

    private Void waitInVain(Operation operation) {
        var never = Map.of(WhiteLabel.HEADER_PREFIX + "-Position", "999999999");
        var got = samples.of(operation).send(client, "", never);
        assertThat(got.status()).as(operation.id()).isEqualTo(WAITED_FOR);
        return null;
    }

    /** What is one too long, too large or too many is refused by its name, what is not is not. */
    @TestFactory
    Stream<DynamicTest> everyBoundOfEveryBodyHolds() {
        return bounds.bodies();
    }

    /** No list gives more than it says, or goes on from where it did not stop for this asker. */
    @TestFactory
    Stream<DynamicTest> everyListRefusesWrongPagesAndCursorsThatAreNotItsOwn() {
        return bounds.lists();
    }

    @Test
    void aCursorWithAnyCharacterChangedIsRefused() {
        bounds.cursors();
    }

    @Test
    void whatTheServerItselfRefusesNamesNobody() throws Exception {
        WhiteLabel.checkWire(URI.create(replica.url()).getPort());
    }

    @Test
    void keysAndTheDescriptionHaveTheOperatorsName() {
        var group = client.post("groups", samples.group()).text("/id");
        var inference = client.post("groups/" + group + "/api_keys", "{}");
        var management = client.post("management_keys", "{\"name\":\"n\",\"role\":\"auditor\"}");
        var description = new String(client.get("/openapi.yaml").raw().body(), UTF_8);

        assertThat(inference.text("/api_key")).matches("acme_[0-9A-Za-z]{12}\\.[0-9A-Za-z]{38}");
        assertThat(management.text("/key")).matches("acmem_[0-9A-Za-z]{12}\\.[0-9A-Za-z]{38}");
        assertThat(client.as(management.text("/key")).get("whoami").status()).isEqualTo(200);
        assertThat(description).contains("- url: https://control.acme.example/", "X-Acme-Position");
    }

    private ControlClient.Got answer(Operation operation, int status) {
        var sample = samples.of(operation);
        return switch (status) {
            case 200, 405 -> sample.send(client);
            case 400 -> sample.send(client, "nonsense=1", Map.of());
            case 401 -> sample.send(client.as(""));
            case 403 -> forbidden(sample);
            case 404 -> absent(sample);
            case 409 -> conflict(sample);
            case 412 -> stale(sample);
            case 413 -> large(sample);
            case 415 -> sample.send(client, "", Map.of("Content-Encoding", "br"));
            case 422 -> unprocessable(sample);
            case 429 -> tooOften(sample);
            case 431 -> heavy(sample);
            default -> throw new AssertionError("how does " + operation + " answer " + status);
        };
    }

    private ControlClient.Got forbidden(Sample sample) {
        var roles = sample.operation().roles();
        var role =
                Set.copyOf(keys.keySet()).stream()
                        .filter(each -> !roles.contains(each))
                        .findFirst()
                        .orElse("billing");
        return sample.send(client.as(Objects.requireNonNull(keys.get(role))));
    }

    private ControlClient.Got absent(Sample sample) {
        return switch (sample.operation().id()) {
            case "createGroup" ->
                    sample.withBody(
                                    samples.group()
                                            .replaceFirst(
                                                    "\\{",
                                                    "{\"hierarchy\":{\"parent_group_id\":"
                                                            + "\"grp_01JD0000000000000000000000\"},"))
                            .send(client);
            case "applyChanges" ->
                    sample.withBody(
                                    "{\"commands\":[{\"method\":\"DELETE\",\"path\":\"/groups/x\"}]}")
                            .send(client);
            case "registryLookup" ->
                    sample.absent().withBody("{\"schema\":\"\\\"int\\\"\"}").send(client);
            default -> sample.absent().send(client);
        };
    }

    /** The same key for the same change with another body. */
    private ControlClient.Got conflict(Sample sample) {
        var use = Map.of("Idempotency-Key", sample.operation().id() + sample.path().hashCode());
        var body = sample.body();
        var first = sample.send(client, "", use);
        assertThat(first.status()).as("%s", first.body()).isEqualTo(200);
        if (sample.operation().id().equals("registerApiKey")) {
            var other = samples.of(sample.operation());
            return new Sample(other.operation(), sample.ids(), other.headers(), other.body())
                    .send(client, "", use);
        }
        return sample.withBody(body == null ? "{}" : body + " ").send(client, "", use);
    }

    private ControlClient.Got stale(Sample sample) {
        return sample.operation().id().equals("applyChanges")
                ? sample.withBody(
                                "{\"commands\":[{\"method\":\"PATCH\",\"path\":\"/endpoints/%s\",\"if_match\":9,"
                                                .formatted(samples.endpointId())
                                        + "\"body\":{\"region\":\"EU\"}}]}")
                        .send(client)
                : sample.send(client, "", Map.of("If-Match", "\"999\""));
    }

    private ControlClient.Got unprocessable(Sample sample) {
        return sample.operation().method().equals("POST")
                ? sample.withBody("{\"schema\":\"nonsense\"}").send(client)
                : new Sample(
                                sample.operation(),
                                Map.of(
                                        "subject",
                                        Objects.requireNonNull(sample.ids().get("subject")),
                                        "version",
                                        "x"),
                                Map.of(),
                                null)
                        .send(client);
    }

    private ControlClient.Got large(Sample sample) {
        try (var narrow = client.at(strict.url())) {
            var body = "{\"schema\":\"" + " ".repeat(2 * BODY_MAX) + "\"}";
            return heard(() -> sample.withBody(body).send(narrow));
        }
    }

    private ControlClient.Got heavy(Sample sample) {
        var head = Map.of("x-big", "b".repeat(HEAD_TOO_LONG));
        return heard(() -> sample.send(client, "", head));
    }

    /** Who still writes when the refusal is sent may see a closed connection instead. */
    private static ControlClient.Got heard(Supplier<ControlClient.Got> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (UncheckedIOException e) {
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    /** Two at once at a replica that lets one pass. */
    private ControlClient.Got tooOften(Sample sample) {
        try (var hasty = client.at(strict.url())) {
            for (int i = 0; i < 20; i++) {
                var got = sample.send(hasty, "nonsense=1", Map.of());
                if (got.status() == 429) {
                    return got;
                }
            }
            return sample.send(hasty);
        }
    }
}
