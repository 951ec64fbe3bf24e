package dev.turnpike.control;

import dev.turnpike.control.deliveries.DeliveryLog;
import dev.turnpike.control.deliveries.DisableGone;
import dev.turnpike.control.domain.Command.SetPrices;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.http.ControlApi;
import dev.turnpike.control.ledger.DecisionLog;
import dev.turnpike.control.ledger.LedgerLog;
import dev.turnpike.control.ledger.LogReaders;
import dev.turnpike.control.log.AuditLog;
import dev.turnpike.control.log.ControlLog;
import dev.turnpike.control.log.OwnerStart;
import dev.turnpike.control.log.Submission;
import dev.turnpike.control.prices.PriceFile;
import dev.turnpike.control.registry.RegistryRoutes;
import dev.turnpike.control.usage.UsageCopy;
import dev.turnpike.runtime.config.Secret;
import dev.turnpike.runtime.http.HealthRoutes;
import dev.turnpike.runtime.http.Listener;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.http.MetricsRoutes;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.lifecycle.InstanceId;
import dev.turnpike.runtime.lifecycle.Service;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.avro.SchemaIds;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The control plane: one replica of the management API, the control log and the registry of
 * schemas. Its topics must exist.
 */
public final class ControlService implements Service {
    private final ControlConfig config;
    private final Consumer<Secret> onOwnerKey;
    private final FirstOwnerKey firstOwnerKey;
    private final Optional<SetPrices> prices;
    private final ControlLog log;
    private final AuditLog audit;
    private final DeliveryLog deliveries;
    private final DisableGone disableGone;
    private final UsageCopy usage;
    private final LogReaders readers;
    private final ControlApi api;
    private final Listener listener;

    /**
     * What the process shares among its services.
     *
     * @param schemas ids of the schemas in use
     * @param metrics what {@code /metrics} shows
     * @param checks of the whole process, beside this service's own; asked on every health request
     */
    public record Host(
            KafkaClients kafka,
            SchemaIds schemas,
            MasterKey masterKey,
            Metrics metrics,
            Supplier<List<Check>> checks) {}

    /**
     * @param onOwnerKey receives the first owner key, once in the life of an installation, on the
     *     log's thread; whoever runs the process shows it
     * @throws dev.turnpike.control.prices.InvalidPricesException if the price file has mistakes
     */
    public ControlService(
            ControlConfig config,
            Host host,
            InstantSource clock,
            IdSource ids,
            SecureRandom random,
            Consumer<Secret> onOwnerKey) {
        this.config = config;
        this.onOwnerKey = onOwnerKey;
        var hasher = KeyHasher.of(host.masterKey(), 1);
        firstOwnerKey = new FirstOwnerKey(config.ownerKey(), config.keyBrand(), hasher, random);
        prices = config.pricesFile().map(PriceFile::read);
        var instance =
                config.instanceId()
                        .orElseGet(() -> InstanceId.keptIn(config.directory(), "control", ids));
        log =
                new ControlLog(
                        host.kafka(),
                        host.schemas(),
                        new ControlLog.Replica(instance, this::url),
                        ownerStart(),
                        clock,
                        ids::next);
        audit = new AuditLog(host.kafka(), host.schemas());
        deliveries =
                new DeliveryLog(
                        host.kafka(),
                        host.schemas(),
                        instance,
                        config.directory().resolve("deliveries"),
                        clock);
        disableGone = new DisableGone(deliveries, log);
        usage =
                new UsageCopy(
                        host.kafka(),
                        host.schemas(),
                        instance,
                        config.directory().resolve("totals"),
                        clock);
        readers = new LogReaders(host.kafka());
        var outbound =
                config.allowPrivate() ? AddressPolicy.allowPrivate() : AddressPolicy.publicOnly();
        api =
                new ControlApi(
                        new ControlApi.Settings(
                                config.publicUrl(),
                                config.headerPrefix(),
                                config.keyBrand(),
                                outbound,
                                config.requestsPerSecond(),
                                config.customerField()),
                        host.masterKey(),
                        log,
                        audit,
                        deliveries,
                        new ControlApi.UsageReads(
                                usage.totals(),
                                usage.keyUses(),
                                new LedgerLog(readers, host.schemas(), clock),
                                new DecisionLog(readers, host.schemas(), clock)),
                        new ControlApi.Sources(clock, ids, random));
        var routes = new Routes();
        api.addTo(routes);
        RegistryRoutes.addTo(routes);
        HealthRoutes.addTo(routes, () -> checks(host));
        MetricsRoutes.addTo(routes, host.metrics());
        listener = new Listener("control", config.listener(), routes, () -> ids.next("req_"));
    }

    @Override
    public String name() {
        return "control";
    }

    @Override
    public void start(FailureSink onFailure) {
        listener.start(); // First: the log announces where it listens.
        log.start(onFailure);
        deliveries.start(onFailure);
        disableGone.start(onFailure);
        usage.start(onFailure);
    }

    @Override
    public List<Check> ready() {
        return List.of(new Check("log", this::logFollowed), new Check("owner", this::ownerKnown));
    }

    /** The port the listener is bound to. */
    public int port() {
        return listener.port();
    }

    /** Where this replica is reached by others. */
    public String url() {
        return config.advertisedUrl()
                .orElseGet(() -> "http://" + config.listener().host() + ":" + listener.port());
    }

    /** Whether this replica decides changes now. */
    public boolean owning() {
        return log.owning();
    }

    @Override
    public void close() {
        listener.close();
        disableGone.close();
        deliveries.close();
        log.close();
        audit.close();
        readers.close();
        usage.close();
        api.close();
    }

    private List<Check> checks(Host host) {
        var all = new ArrayList<>(host.checks().get());
        for (var check : ready()) {
            all.add(new Check(name() + "." + check.name(), check.probe()));
        }
        return all;
    }

    private Check.Outcome logFollowed() {
        return log.snapshot().position() >= 0
                ? Check.Outcome.passed()
                : Check.Outcome.failed("the control log is still being read");
    }

    private Check.Outcome ownerKnown() {
        return log.ready()
                ? Check.Outcome.passed()
                : Check.Outcome.failed("no replica has taken the control log yet");
    }

    private OwnerStart ownerStart() {
        return new OwnerStart() {
            @Override
            public List<Submission> submissions(Image image) {
                var first = new ArrayList<>(firstOwnerKey.submissions(image));
                prices.ifPresent(
                        wished -> first.add(Submission.ofSystem("prices-file", at -> wished)));
                return first;
            }

            @Override
            public void committed() {
                firstOwnerKey.take().ifPresent(onOwnerKey);
            }
        };
    }
}
