package dev.turnpike.launcher.edge;

import dev.turnpike.edge.EdgeConfig;
import dev.turnpike.edge.EdgeService;
import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.ControlState;
import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.control.WeeklyTimes;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.testkit.tls.TestAuthority;
import dev.turnpike.testkit.upstream.ScriptedUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * An edge alone on a real broker, with a scripted upstream. What the control plane would write is
 * written here, so that the edge is tested by what it reads.
 */
final class EdgeRig implements AutoCloseable {
    static final GroupId GROUP = GroupId.ofUlid("01JD0000000000000000000001");
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Longer than anything takes on a machine that is busy with something else. */
    static final Timeouts PATIENT = new Timeouts(10_000, 20_000, 20_000, 60_000);

    /** For targets that never answer. */
    static final Timeouts HASTY = new Timeouts(10_000, 300, 20_000, 60_000);

    /**
     * Each is a slug {@code acme/<script>} that the upstream answers by the script of that name.
     */
    private static final List<String> SCRIPTS =
            List.of("good", "hang", "reset", "garbage", "no-usage", "reset-midstream", "endless");

    /** Slugs the group may use, whose endpoints a test publishes. */
    static final List<String> OWN =
            List.of("two", "busy", "eu", "cut", "drained", "charged", "terse", "counted");

    private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00Z");

    final ScriptedUpstream upstream = ScriptedUpstream.start();
    final ApiKeyText key = ApiKeyText.generate("tp", new SecureRandom());
    final TestAuthority authority = new TestAuthority("of the rig");
    private final MasterKey masterKey = MasterKey.of(new byte[MasterKey.BYTES]);
    private final EmbeddedBroker broker;
    private final KafkaClients kafka;
    private final Producer<byte[], byte[]> control;
    private final Consumer<byte[], byte[]> requests;
    private final List<RequestRecord> seen = new ArrayList<>();
    private final RecordCodec<ControlState> states =
            RecordCodec.of(Subject.CONTROL_STATE, ControlState.class);
    private final RecordCodec<RequestRecord> records =
            RecordCodec.of(Subject.REQUESTS, RequestRecord.class);
    final EdgeService edge;
    private long sequence;

    EdgeRig(Path directory, Map<String, String> settings) throws InterruptedException {
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        kafka = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        try (var admin = kafka.admin("rig")) {
            new TopicChecker(admin).ensure(Topics.ALL);
        }
        control = kafka.promptProducer("rig");
        requests = kafka.consumer("rig", KafkaClients.Start.EARLIEST);
        requests.assign(
                IntStream.range(0, Topics.PARTITIONS)
                        .mapToObj(i -> new TopicPartition(Topics.REQUESTS.name(), i))
                        .toList());
        group(List.of());
        write(key(key));
        for (var script : SCRIPTS) {
            endpoint("acme/" + script, script);
        }
        var all = new HashMap<>(settings);
        all.put("data-directory", directory.toString());
        all.put("edge.port", "0");
        all.put("edge.tls.enabled", "true");
        all.put("edge.tls.port", "0");
        identity(directory, all);
        all.put("edge.upstream-ca-file", authorities(directory).toString());
        all.put("outbound.allow-private", "true");
        edge =
                new EdgeService(
                        EdgeConfig.read(Settings.of(all)),
                        kafka,
                        CompiledSchemas.INSTANCE,
                        masterKey,
                        new Metrics());
        edge.start((part, cause) -> {
            throw new IllegalStateException(part, cause);
        });
        Eventually.await(PATIENCE, "edge ready", () -> notReady().isEmpty());
    }

    private void identity(Path directory, Map<String, String> settings) {
        var issued = authority.issue("localhost");
        var certificate = directory.resolve("edge.crt");
        var key = directory.resolve("edge.key");
        try {
            Files.writeString(certificate, issued.chain());
            Files.writeString(key, issued.key());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.put("edge.tls.certificate-file", certificate.toString());
        settings.put("edge.tls.private-key-file", key.toString());
    }

    private Path authorities(Path directory) {
        try {
            return Files.writeString(directory.resolve("authorities.pem"), authority.pem());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that speaks HTTP/2 to {@link #http2Url}. */
    HttpClient http2() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(authority.client())
                .build();
    }

    URI http2Url(String path) {
        return URI.create("https://localhost:" + edge.tlsPort().orElseThrow() + path);
    }

    List<String> notReady() {
        return edge.ready().stream()
                .filter(check -> !check.probe().get().ok())
                .map(Check::name)
                .toList();
    }

    /** A target at the upstream. */
    Target target(String model, int priority, @Nullable String region) {
        return new Target(
                Provider.OPENAI_COMPATIBLE,
                null,
                model,
                upstream.baseUrl(),
                null,
                region,
                priority,
                1,
                PATIENT,
                Map.of("x-script", model));
    }

    /** A target that is not waited for. */
    Target hasty(Provider provider, String model) {
        return new Target(
                provider,
                null,
                model,
                upstream.baseUrl(),
                null,
                null,
                0,
                1,
                HASTY,
                Map.of("x-script", model));
    }

    /** A target at the upstream whose answers are read to their end without a client. */
    Target drained(String model) {
        return new Target(
                Provider.OPENAI_COMPATIBLE,
                null,
                model,
                upstream.baseUrl(),
                null,
                null,
                0,
                1,
                PATIENT,
                Map.of("x-script", model),
                null,
                null,
                true);
    }

    /** Publishes a slug that the upstream answers by the script {@code model}. */
    void endpoint(String slug, String model) {
        var target =
                new Target(
                        Provider.OPENAI_COMPATIBLE,
                        null,
                        model,
                        upstream.baseUrl(),
                        null,
                        null,
                        0,
                        1,
                        model.equals("hang") ? HASTY : PATIENT,
                        Map.of());
        endpoint(slug, List.of(target));
    }

    void endpoint(String slug, List<Target> targets) {
        endpoint(slug, "UNRESTRICTED", targets);
    }

    void endpoint(String slug, String region, List<Target> targets) {
        endpoint(slug, region, targets, FailureCharge.BY_STAGE);
    }

    void endpoint(String slug, String region, List<Target> targets, FailureCharge onFailure) {
        endpoint(slug, region, targets, onFailure, ErrorDetail.PROVIDER);
    }

    void endpoint(
            String slug,
            String region,
            List<Target> targets,
            FailureCharge onFailure,
            ErrorDetail errors) {
        var ulid = "01JD%022d".formatted(Math.abs((long) slug.hashCode()));
        write(
                new Endpoint(
                        EndpointId.ofUlid(ulid),
                        new Slug(slug),
                        targets,
                        region,
                        false,
                        CREATED,
                        CREATED,
                        1,
                        onFailure,
                        errors));
    }

    /**
     * Gives the group every {@code acme} slug a test may name, with {@code limits} on acme/good.
     */
    void group(List<Limit> limits) {
        var access = new ArrayList<ModelAccess>();
        var effective = new ArrayList<EffectiveModel>();
        var names = new ArrayList<>(SCRIPTS);
        names.addAll(OWN);
        for (var name : names) {
            var own = name.equals("good") ? limits : List.<Limit>of();
            access.add(new ModelAccess("acme/" + name, own, List.of()));
            var applied =
                    own.stream()
                            .map(limit ->
                                    new EffectiveLimit(
                                            limit.type(),
                                            limit.unit(),
                                            limit.threshold(),
                                            GROUP,
                                            GROUP))
                            .toList();
            effective.add(new EffectiveModel("acme/" + name, applied, List.of()));
        }
        write(group(GROUP, null, 1, access, effective));
    }

    /** Writes groups below the group, each under the one before, and a key of the last. */
    ApiKeyText keyBelow(List<GroupId> chain) {
        var parent = GROUP;
        var access = new ModelAccess("acme/good", List.of(), List.of());
        var effective = new EffectiveModel("acme/good", List.of(), List.of());
        for (int i = 0; i < chain.size(); i++) {
            write(group(chain.get(i), parent, i + 2, List.of(access), List.of(effective)));
            parent = chain.get(i);
        }
        var text = ApiKeyText.generate("tp", new SecureRandom());
        write(key(parent, text.prefix(), text.whole(), KeyBounds.NONE));
        return text;
    }

    private static Group group(
            GroupId id,
            @Nullable GroupId parent,
            int level,
            List<ModelAccess> access,
            List<EffectiveModel> effective) {
        return new Group(
                id,
                parent == null ? "acme" : "acme-" + level,
                null,
                access,
                effective,
                LimitEnforcement.INDEPENDENT,
                parent,
                GROUP,
                level,
                CREATED,
                CREATED,
                1);
    }

    ApiKey key(ApiKeyText text) {
        return key(text.prefix(), text.whole(), KeyBounds.NONE);
    }

    /** What a key is bound to; null and empty are no bound. */
    record KeyBounds(
            @Nullable Instant expiresAt,
            @Nullable List<String> models,
            List<String> allowedAddresses,
            @Nullable WeeklyTimes allowedTimes) {
        static final KeyBounds NONE = new KeyBounds(null, null, List.of(), null);
    }

    ApiKey key(String prefix, String whole, KeyBounds bounds) {
        return key(GROUP, prefix, whole, bounds);
    }

    private ApiKey key(GroupId group, String prefix, String whole, KeyBounds bounds) {
        var hash = KeyHasher.of(masterKey, 1).hash(whole);
        return new ApiKey(
                new KeyPrefix(prefix),
                group,
                GROUP,
                null,
                hash.bytes(),
                hash.pepperVersion(),
                CREATED,
                bounds.expiresAt(),
                bounds.models(),
                bounds.allowedAddresses(),
                bounds.allowedTimes(),
                null);
    }

    void write(Resource resource) {
        send(resource.stateKey(), states.encode(new ControlState(++sequence, resource)));
    }

    void delete(Resource resource) {
        send(resource.stateKey(), null);
    }

    private void send(String stateKey, byte @Nullable [] value) {
        var record =
                new ProducerRecord<byte[], byte[]>(
                        Topics.CONTROL_STATE.name(),
                        0,
                        stateKey.getBytes(StandardCharsets.UTF_8),
                        value);
        try {
            control.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything the edge has shipped, once {@code terminals} requests have ended. */
    List<RequestFact> awaitTerminals(int terminals) {
        return Eventually.await(
                PATIENCE,
                terminals + " ended requests on the topic",
                this::facts,
                facts -> facts.stream().filter(RequestFact::terminal).count() >= terminals);
    }

    private List<RequestFact> facts() {
        for (var record : requests.poll(Duration.ofMillis(50))) {
            seen.add(records.decode(record.value()));
        }
        return seen.stream().map(RequestRecord::fact).toList();
    }

    @Override
    public void close() {
        edge.close();
        control.close(Duration.ZERO);
        requests.close();
        upstream.close();
        broker.close();
    }
}
