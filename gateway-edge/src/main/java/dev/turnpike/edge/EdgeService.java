package dev.turnpike.edge;

import dev.turnpike.edge.demo.DemoModel;
import dev.turnpike.edge.estimate.TokenEstimator;
import dev.turnpike.edge.host.CertificateFile;
import dev.turnpike.edge.host.DomainIdentities;
import dev.turnpike.edge.host.HostView;
import dev.turnpike.edge.http.BodyMemory;
import dev.turnpike.edge.http.EdgeDescription;
import dev.turnpike.edge.http.EdgeRoutes;
import dev.turnpike.edge.http.ReplyNames;
import dev.turnpike.edge.http.RequestBodies;
import dev.turnpike.edge.http.RightHost;
import dev.turnpike.edge.http.WriteWatch;
import dev.turnpike.edge.journal.Journal;
import dev.turnpike.edge.journal.JournalSettings;
import dev.turnpike.edge.journal.KafkaEndOffsets;
import dev.turnpike.edge.journal.Shipper;
import dev.turnpike.edge.limit.Costs;
import dev.turnpike.edge.limit.FastAdmission;
import dev.turnpike.edge.limit.OutputHistory;
import dev.turnpike.edge.limit.TotalsFollower;
import dev.turnpike.edge.pipeline.Freshness;
import dev.turnpike.edge.pipeline.Pipelines;
import dev.turnpike.edge.pipeline.RequestMeters;
import dev.turnpike.edge.upload.SpoolSpace;
import dev.turnpike.edge.upstream.Limits;
import dev.turnpike.edge.upstream.UpstreamClient;
import dev.turnpike.runtime.control.ControlPrices;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.control.ControlViewApp;
import dev.turnpike.runtime.http.HealthRoutes;
import dev.turnpike.runtime.http.Listener;
import dev.turnpike.runtime.http.ListenerSettings;
import dev.turnpike.runtime.http.Metrics;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.kafka.DeadLetters;
import dev.turnpike.runtime.kafka.KafkaClients;
import dev.turnpike.runtime.kafka.StreamsPlan;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.lifecycle.Check;
import dev.turnpike.runtime.lifecycle.FailureSink;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.lifecycle.Service;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.runtime.tls.InvalidIdentityException;
import dev.turnpike.runtime.tls.ServerTls;
import dev.turnpike.runtime.tls.TlsIdentity;
import dev.turnpike.runtime.tls.TrustedAuthorities;
import dev.turnpike.schemas.avro.RecordCodec;
import dev.turnpike.schemas.avro.SchemaIds;
import dev.turnpike.schemas.avro.Subject;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.UsageTotal;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Wires the edge: what its parts are and in which order they start and stop. */
public final class EdgeService implements Service {
    private static final int DECODED_MAX = 200_000;
    private static final int PEPPER_VERSIONS = 1;

    private final EdgeConfig config;
    private final KafkaClients kafka;
    private final SchemaIds schemaIds;
    private final MasterKey masterKey;
    private final Metrics metrics;
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final IdSource ids = new IdSource(clock, random);
    private final List<AutoCloseable> parts = new ArrayList<>();
    private volatile @Nullable Running running;

    /** What is asked while the edge runs. */
    private record Running(
            ControlViewApp control,
            Journal journal,
            Shipper shipper,
            TotalsFollower totals,
            Listener listener,
            Optional<Listener> secured) {}

    public EdgeService(
            EdgeConfig config,
            KafkaClients kafka,
            SchemaIds schemaIds,
            MasterKey masterKey,
            Metrics metrics) {
        this.config = config;
        this.kafka = kafka;
        this.schemaIds = schemaIds;
        this.masterKey = masterKey;
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return "edge";
    }

    /** The port of the listener; only after {@link #start}. */
    public int port() {
        var now = running;
        if (now == null) {
            throw new IllegalStateException("the edge is not running");
        }
        return now.listener().port();
    }

    /** The port of the listener with TLS, if there is one; only after {@link #start}. */
    public OptionalInt tlsPort() {
        var now = running;
        return now == null || now.secured().isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(now.secured().get().port());
    }

    @Override
    public void start(FailureSink onFailure) {
        var journal = closing(openJournal());
        var shipper =
                closing(
                        new Shipper(
                                journal,
                                () -> kafka.batchingProducer("edge-journal"),
                                () ->
                                        new KafkaEndOffsets(
                                                kafka.consumer(
                                                        "edge-journal",
                                                        KafkaClients.Start.EARLIEST)),
                                clock));
        shipper.start(onFailure);
        var control = closing(controlView(journal));
        control.start(onFailure);
        var admission = new FastAdmission(journal.stream(), clock);
        var totals =
                closing(
                        new TotalsFollower(
                                admission,
                                () -> kafka.consumer("edge-totals", KafkaClients.Start.EARLIEST),
                                RecordCodec.of(Subject.USAGE_TOTALS, UsageTotal.class, schemaIds),
                                clock));
        totals.start(onFailure);
        var costs = new Costs(new ControlPrices(control.view()));
        var routes = routes(control, money(journal, admission, costs), totals);
        var listener = closing(listener("edge", config.listener(), routes));
        var secured = config.tls().map(tls -> closing(secured(tls, control, routes)));
        EdgeMeters.watch(metrics.registry(), journal, admission, control);
        EdgeMeters.watch(metrics.registry(), costs);
        listener.start();
        secured.ifPresent(Listener::start);
        running = new Running(control, journal, shipper, totals, listener, secured);
    }

    @Override
    public List<Check> ready() {
        var now = running;
        if (now == null) {
            return List.of(new Check("started", () -> Check.Outcome.failed("starting")));
        }
        var checks = new ArrayList<>(now.control().ready());
        checks.add(new Check("journal", () -> journalWrites(now.journal())));
        checks.add(new Check("totals", () -> totalsRead(now.totals())));
        checks.add(new Check("control-fresh", () -> fresh(now.control(), config.maxStaleness())));
        return checks;
    }

    /**
     * Lets running requests end within the listener's drain time, then ships and closes the rest.
     */
    @Override
    public void close() {
        IllegalStateException failed = null;
        for (var part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                // The root of the stop: the others still have work to put away.
                var cause = new IllegalStateException("cannot close " + part.getClass(), e);
                if (failed == null) {
                    failed = cause;
                } else {
                    failed.addSuppressed(cause);
                }
            }
        }
        parts.clear();
        if (failed != null) {
            throw failed;
        }
    }

    private Journal openJournal() {
        var settings =
                new JournalSettings(
                        config.directory().resolve("journal"),
                        config.edgeId(),
                        config.journalBytesMax(),
                        config.journalSync());
        var codec = RecordCodec.of(Subject.REQUESTS, RequestRecord.class, schemaIds);
        return Journal.open(settings, codec, clock, ids::next);
    }

    private ControlViewApp controlView(Journal journal) {
        var edgeId = journal.stream().substring(0, journal.stream().indexOf('/'));
        var plan =
                new StreamsPlan(
                        "turnpike-edge-" + edgeId,
                        edgeId,
                        config.directory().resolve("control"),
                        false,
                        1);
        return new ControlViewApp(
                new ControlView(schemaIds, DECODED_MAX),
                plan,
                kafka,
                new DeadLetters("edge", schemaIds, clock),
                clock);
    }

    private Listener listener(String name, ListenerSettings settings, Routes routes) {
        // Each route holds its bodies to its own bound.
        long bytesMax = Math.max(settings.bodyBytesMax(), config.uploads().bytesMax());
        var accepting = settings.withBodyBytesMax(bytesMax);
        return new Listener(
                name, accepting, routes, () -> ids.next("req_"), EdgeRoutes::problemFormat);
    }

    private Listener secured(EdgeConfig.Tls tls, ControlViewApp control, Routes routes) {
        Supplier<Optional<TlsIdentity>> otherwise = Optional::empty;
        if (tls.certificate().isPresent() && tls.key().isPresent()) {
            try {
                otherwise = new CertificateFile(tls.certificate().get(), tls.key().get(), clock);
            } catch (IOException | InvalidIdentityException e) {
                throw new IllegalStateException("edge.tls: " + e.getMessage(), e);
            }
        }
        var identities = new DomainIdentities(control.view(), new Envelope(masterKey), otherwise);
        routes.first(new RightHost(identities));
        return listener("edge-tls", tls.listener(), routes).secured(ServerTls.context(identities));
    }

    private Routes routes(ControlViewApp control, Pipelines.Money money, TotalsFollower totals) {
        var policy =
                config.outbound().allowPrivate()
                        ? AddressPolicy.allowPrivate()
                        : AddressPolicy.publicOnly();
        var upstreams =
                closing(new UpstreamClient(policy, Limits.DEFAULT, System::nanoTime, trusting()));
        var pipelines =
                Pipelines.of(
                        new Pipelines.Access(
                                control.view(),
                                KeyHasher.of(masterKey, PEPPER_VERSIONS),
                                new HostView(control.view(), config.othersSeeAll()),
                                new Freshness(
                                        control::heardAt, config.maxStaleness(), totals::caughtUp)),
                        money,
                        new Pipelines.Upstreams(
                                upstreams,
                                config.outbound().allowPrivate()
                                        ? OutboundUrl.Policy.HTTP_ALLOWED
                                        : OutboundUrl.Policy.HTTPS_ONLY,
                                new Envelope(masterKey),
                                masterKey.derive(MasterKey.Purpose.RESPONSE_ID, 1),
                                config.answerBytesMax(),
                                new DemoModel(clock)),
                        new Pipelines.Sources(clock, System::nanoTime, random, ids),
                        config.headerPrefix());
        var routes = new Routes().first(new ReplyNames(metrics.registry()));
        HealthRoutes.addTo(routes, this::ready);
        new EdgeDescription(config.headerPrefix(), config.publicUrl()).addTo(routes);
        var writes = closing(new WriteWatch(WriteWatch.STALL_MAX, System::nanoTime));
        new EdgeRoutes(pipelines, clock, System::nanoTime, writes, bodies(), config.proxies())
                .addTo(routes);
        return routes;
    }

    private SSLSocketFactory trusting() {
        var file = config.outbound().authorities();
        if (file.isEmpty()) {
            return TrustedAuthorities.known();
        }
        try {
            return TrustedAuthorities.with(file.get());
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException("edge.upstream-ca-file: " + e.getMessage(), e);
        }
    }

    private RequestBodies bodies() {
        var bodies =
                new RequestBodies(
                        new BodyMemory(config.bodyMemoryMax(), config.listener().bodyBytesMax()),
                        new SpoolSpace(
                                config.directory().resolve("uploads"), config.uploads().diskMax()),
                        config.uploads().bytesMax(),
                        System::nanoTime);
        EdgeMeters.watch(metrics.registry(), bodies);
        return bodies;
    }

    private Pipelines.Money money(Journal journal, FastAdmission admission, Costs costs) {
        return new Pipelines.Money(
                admission,
                journal,
                costs,
                new OutputHistory(),
                new TokenEstimator(),
                new RequestMeters(metrics.registry()));
    }

    private static Check.Outcome journalWrites(Journal journal) {
        return journal.status().healthy()
                ? Check.Outcome.passed()
                : Check.Outcome.failed("the journal cannot be written");
    }

    private static Check.Outcome totalsRead(TotalsFollower totals) {
        return totals.caughtUp()
                ? Check.Outcome.passed()
                : Check.Outcome.failed("still reading the totals of all edges");
    }

    private static Check.Outcome fresh(ControlViewApp control, Duration max) {
        return control.staleness().compareTo(max) <= 0
                ? Check.Outcome.passed()
                : Check.Outcome.failed("no contact to Kafka for " + control.staleness());
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.add(part);
        return part;
    }
}
