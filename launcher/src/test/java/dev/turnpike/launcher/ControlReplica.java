package dev.turnpike.launcher;

import dev.turnpike.control.ControlConfig;
import dev.turnpike.control.ControlService;
import dev.turnpike.runtime.config.Settings;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.KafkaSettings;
import dev.turnpike.runtime.kafka.TopicChecker;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.CompiledSchemas;
import dev.turnpike.schemas.topic.Topics;
import dev.turnpike.testkit.Eventually;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A control plane in this process, against a broker of the test. */
final class ControlReplica implements AutoCloseable {
    static final String OWNER_KEY = "owner-key-of-the-test-0123456789abcdef";

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final LinkedBlockingQueue<String> ownerKeys = new LinkedBlockingQueue<>(8);
    private final Metrics metrics = new Metrics();
    private final ControlService service;

    private ControlReplica(String bootstrap, Path directory, Map<String, String> settings) {
        var clients = new KafkaClients(KafkaSettings.plain(bootstrap));
        var random = new SecureRandom();
        var given = new HashMap<>(settings);
        given.put("data-directory", directory.toString());
        given.put("control.port", "0");
        // Tests ask faster than anybody, and the faster the machine, the more.
        given.putIfAbsent("control.requests-per-second", "100000");
        var clock = InstantSource.system();
        service =
                new ControlService(
                        ControlConfig.read(Settings.of(given)),
                        new ControlService.Host(
                                clients,
                                CompiledSchemas.INSTANCE,
                                MasterKey.of(new byte[MasterKey.BYTES]),
                                metrics,
                                List::of),
                        clock,
                        new IdSource(clock, random),
                        random,
                        key -> ownerKeys.add(key.reveal()));
    }

    /** Starts a replica with the test's owner key and waits until it is ready. */
    static ControlReplica start(String bootstrap, Path directory) {
        return start(bootstrap, directory, Map.of("owner-key", OWNER_KEY));
    }

    static ControlReplica start(String bootstrap, Path directory, Map<String, String> settings) {
        ensureTopics(bootstrap);
        var replica = new ControlReplica(bootstrap, directory, settings);
        replica.service.start((part, cause) -> replica.failure.set(cause));
        Eventually.await(PATIENCE, "the control plane is ready", replica::ready);
        return replica;
    }

    static void ensureTopics(String bootstrap) {
        try (var admin = new KafkaClients(KafkaSettings.plain(bootstrap)).admin("test")) {
            new TopicChecker(admin).ensure(Topics.ALL);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean ready() {
        var cause = failure.get();
        if (cause != null) {
            throw new AssertionError("the control plane failed", cause);
        }
        return service.ready().stream().allMatch(check -> check.probe().get().ok());
    }

    ControlClient client() {
        return new ControlClient(url(), OWNER_KEY);
    }

    String url() {
        return service.url();
    }

    boolean owning() {
        return service.owning();
    }

    /** Owner keys that were handed out for printing. */
    List<String> ownerKeys() {
        return List.copyOf(ownerKeys);
    }

    @Override
    public void close() {
        service.close();
        metrics.close();
        var cause = failure.get();
        if (cause != null) {
            throw new AssertionError("the control plane failed", cause);
        }
    }
}
