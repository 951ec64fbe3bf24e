package dev.turnpike.launcher;

import dev.turnpike.launcher.broker.BrokerSettings;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.LedgerEntry;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import dev.turnpike.testkit.Eventually;
import dev.turnpike.webhook.WebhookConfig;
import dev.turnpike.webhook.WebhookService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A broker, a control plane and, once it is started, a dispatcher in this process; the test writes
 * the ledger.
 */
final class WebhookRig implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Map<String, String> settings;
    private final Clock clock = Clock.systemUTC();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final EmbeddedBroker broker;
    private final KafkaClients clients;
    private final ControlReplica control;
    private final ControlClient client;
    private @Nullable WebhookService dispatcher;

    /**
     * @param settings of the dispatcher, beside private addresses, which are allowed
     */
    WebhookRig(Path directory, Map<String, String> settings) {
        this.directory = directory;
        this.settings = settings;
        broker = EmbeddedBroker.start(new BrokerSettings(directory.resolve("kafka"), 0));
        clients = new KafkaClients(KafkaSettings.plain(broker.bootstrapServers()));
        control =
                ControlReplica.start(
                        broker.bootstrapServers(),
                        directory,
                        Map.of(
                                "owner-key",
                                ControlReplica.OWNER_KEY,
                                "outbound.allow-private",
                                "true"));
        client = control.client();
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    ControlClient client() {
        return client;
    }

    void startDispatcher() {
        var service = dispatcher(clients, directory, settings);
        service.start((part, cause) -> failures.add(part + ": " + cause));
        dispatcher = service;
        awaitReady(service);
    }

    /** A dispatcher that has not been started. */
    static WebhookService dispatcher(
            KafkaClients clients, Path directory, Map<String, String> settings) {
        var given = new HashMap<>(settings);
        given.put("data-directory", directory.toString());
        given.put("outbound.allow-private", "true");
        var read = Settings.of(given);
        var config = WebhookConfig.read(read);
        read.finish();
        var clock = Clock.systemUTC();
        var random = new SecureRandom();
        return new WebhookService(
                config,
                clients,
                CompiledSchemas.INSTANCE,
                new Envelope(MasterKey.of(new byte[MasterKey.BYTES])),
                new SimpleMeterRegistry(),
                clock,
                new IdSource(clock, random),
                random);
    }

    static void awaitReady(WebhookService service) {
        Eventually.await(
                PATIENCE,
                "the dispatcher is ready",
                () -> service.ready().stream().allMatch(check -> check.probe().get().ok()));
    }

    void stopDispatcher() {
        if (dispatcher != null) {
            dispatcher.close();
            dispatcher = null;
        }
    }

    /** Creates a webhook and returns its path below the API. */
    String webhook(String url) {
        var made = client.post("webhooks", "{\"url\":\"" + url + "\"}");
        return "webhooks/" + known(made).text("/id");
    }

    /** A change, once the dispatcher knows it too: what comes before is not for a new webhook. */
    ControlClient.Got known(ControlClient.Got changed) {
        if (changed.status() != 200) {
            throw new AssertionError("no change: " + changed.body());
        }
        if (dispatcher != null) {
            awaitKnown(dispatcher, changed);
        }
        return changed;
    }

    static void awaitKnown(WebhookService service, ControlClient.Got changed) {
        long position = Long.parseLong(changed.header("x-turnpike-position"));
        try {
            if (!service.awaitControl(position, PATIENCE)) {
                throw new AssertionError("the dispatcher does not follow the control log");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes completed entries {@code prefix + from} up to, not including, {@code to}. */
    void writeLedger(String prefix, int from, int to, Instant at) {
        var codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
        try (var producer = clients.batchingProducer("ledger")) {
            for (int i = from; i < to; i++) {
                var group = group(i);
                var key = group.value().getBytes(StandardCharsets.UTF_8);
                var value = codec.encode(entry(prefix + i, i, at));
                var topic = Topics.LEDGER.name();
                var _ =
                        producer.send(
                                new ProducerRecord<>(topic, null, at.toEpochMilli(), key, value));
            }
            producer.flush();
        }
    }

    /** Writes so many entries of one root group. */
    void writeLedger(String prefix, int count, GroupId group, Instant at) {
        writeLedger(prefix, count, caller(group, group), at);
    }

    /** The one of the customer "own". */
    static Caller caller(GroupId group, GroupId root, GroupId... between) {
        return new Caller(group, root, "own", new KeyPrefix("tp_abcdef"), List.of(between));
    }

    /** Writes so many entries of one group. */
    void writeLedger(String prefix, int count, Caller caller, Instant at) {
        var codec = RecordCodec.of(Subject.LEDGER, LedgerEntry.class);
        var topic = Topics.LEDGER.name();
        var key = caller.rootGroupId().value().getBytes(StandardCharsets.UTF_8);
        try (var producer = clients.batchingProducer("ledger")) {
            for (int i = 0; i < count; i++) {
                var value = codec.encode(entry(prefix + i, caller, at));
                var _ =
                        producer.send(
                                new ProducerRecord<>(topic, null, at.toEpochMilli(), key, value));
            }
            producer.flush();
        }
    }

    void writeLedger(int from, int to) {
        writeLedger("evt-", from, to, clock.instant());
    }

    /** The group of the entry with this number; there are five. */
    static GroupId group(int number) {
        return GroupId.ofUlid("01ARZ3NDEK%016d".formatted(number % 5));
    }

    private static LedgerEntry entry(String id, int number, Instant at) {
        var group = group(number);
        var external = "customer-" + number % 5;
        return entry(id, new Caller(group, group, external, new KeyPrefix("tp_abcdef")), at);
    }

    private static LedgerEntry entry(String id, Caller caller, Instant at) {
        var call =
                new Call(
                        RequestId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                        at,
                        caller,
                        "acme/fast",
                        null,
                        "chat",
                        false,
                        Map.of("run", "ü"));
        var settlement =
                new Settlement(
                        Outcome.COMPLETED,
                        true,
                        new TokenUsage(10, 0, 0, 5, 0),
                        UsageSource.PROVIDER,
                        false,
                        null,
                        Provider.DEMO,
                        "demo",
                        200,
                        "stop",
                        at,
                        100,
                        10L,
                        List.of());
        return new LedgerEntry(id, call, null, settlement, List.of(), new NanoUsd(1), null);
    }

    @Override
    public void close() {
        stopDispatcher();
        client.close();
        control.close();
        broker.close();
        if (!failures.isEmpty()) {
            throw new AssertionError("the dispatcher failed: " + failures);
        }
    }
}
