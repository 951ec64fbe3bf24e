package dev.turnpike.launcher.up;

import dev.turnpike.control.ControlService;
import dev.turnpike.edge.EdgeService;
import dev.turnpike.launcher.broker.EmbeddedBroker;
import dev.turnpike.launcher.settings.Configuration;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.lifecycle.Service;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.usage.UsageService;
import dev.turnpike.webhook.WebhookService;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which services a process runs, in the order in which they start: the one place where they are
 * made.
 */
final class Composition implements AutoCloseable {
    private final Configuration configuration;
    private final Foundation foundation;
    private final Optional<EmbeddedBroker> broker;
    private final List<Service> services = new ArrayList<>();
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final IdSource ids = new IdSource(clock, random);
    private final AtomicReference<@Nullable Secret> ownerKey = new AtomicReference<>();

    private Composition(
            Configuration configuration, Foundation foundation, Optional<EmbeddedBroker> broker) {
        this.configuration = configuration;
        this.foundation = foundation;
        this.broker = broker;
        services.add(new KafkaService(foundation.kafka(), foundation.registry(), broker));
    }

    /**
     * Everything.
     *
     * @param broker running already, stopped with the rest
     */
    static Composition allInOne(
            Configuration configuration, Foundation foundation, Optional<EmbeddedBroker> broker) {
        var composition = new Composition(configuration, foundation, broker);
        for (var part : Part.values()) {
            composition.services.add(composition.make(part));
        }
        return composition;
    }

    /** One service on an external cluster. */
    static Composition alone(Part part, Configuration configuration, Foundation foundation) {
        var composition = new Composition(configuration, foundation, Optional.empty());
        composition.services.add(composition.make(part));
        return composition;
    }

    private Service make(Part part) {
        return switch (part) {
            case CONTROL_PLANE ->
                    new ControlService(
                            configuration.control(),
                            new ControlService.Host(
                                    foundation.kafka(),
                                    foundation.schemaIds(),
                                    foundation.masterKey(),
                                    foundation.metrics(),
                                    this::checksOfOthers),
                            clock,
                            ids,
                            random,
                            ownerKey::set);
            case USAGE_AGGREGATOR ->
                    new UsageService(
                            configuration.usage(),
                            foundation.kafka(),
                            foundation.schemaIds(),
                            foundation.metrics().registry(),
                            clock,
                            ids);
            case WEBHOOK_DISPATCHER ->
                    new WebhookService(
                            configuration.webhook(),
                            foundation.kafka(),
                            foundation.schemaIds(),
                            new Envelope(foundation.masterKey()),
                            foundation.metrics().registry(),
                            clock,
                            ids,
                            random);
            case EDGE ->
                    new EdgeService(
                            configuration.edge(),
                            foundation.kafka(),
                            foundation.schemaIds(),
                            foundation.masterKey(),
                            foundation.metrics());
        };
    }

    List<Service> services() {
        return List.copyOf(services);
    }

    /** The checks of all services but the control plane, which adds its own. */
    private List<Check> checksOfOthers() {
        var checks = new ArrayList<Check>();
        for (var service : services) {
            if (!(service instanceof ControlService)) {
                for (var check : service.ready()) {
                    checks.add(new Check(service.name() + "." + check.name(), check.probe()));
                }
            }
        }
        return checks;
    }

    /** The owner key, if this start created one. A key that was given is not handed out again. */
    Optional<Secret> createdOwnerKey() {
        return configuration.control().ownerKey().isPresent()
                ? Optional.empty()
                : Optional.ofNullable(ownerKey.get());
    }

    /** Stops the broker also if nothing was ever started. */
    @Override
    public void close() {
        broker.ifPresent(EmbeddedBroker::close);
    }
}
