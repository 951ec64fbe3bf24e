package dev.turnpike.control.http;

import dev.turnpike.control.deliveries.DeliveryLog;
import dev.turnpike.control.ledger.DecisionLog;
import dev.turnpike.control.ledger.LedgerLog;
import dev.turnpike.control.log.AuditLog;
import dev.turnpike.control.log.ControlLog;
import dev.turnpike.control.usage.KeyUses;
import dev.turnpike.control.usage.Totals;
import dev.turnpike.runtime.http.Routes;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.outbound.AddressPolicy;
import dev.turnpike.runtime.secret.AdjustmentSeal;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.webhook.CustomerField;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The management API: its routes, and everything they need. */
public final class ControlApi implements AutoCloseable {
    /** What every route stands below. */
    public static final String BASE = "/v1/gateway";

    private static final String UNBRANDED = "X-Turnpike";
    private static final String OPEN_API = "/openapi/control.yaml";

    private final Pipeline pipeline;
    private final Headers headers;
    private final Forwarder forwarder;
    private final List<Route> routes = new ArrayList<>();
    private final byte[] served;

    /**
     * How the API presents itself.
     *
     * @param publicUrl where operators reach it; empty for where its description was asked for
     * @param headerPrefix of its own headers, such as {@code X-Turnpike}
     * @param keyBrand of minted API keys
     * @param outbound which addresses may be stored as targets and webhooks
     * @param requestsPerSecond that one key may make on one route
     * @param customerField how events name the customer
     */
    public record Settings(
            Optional<String> publicUrl,
            String headerPrefix,
            String keyBrand,
            AddressPolicy outbound,
            int requestsPerSecond,
            CustomerField customerField) {}

    /** What was used, refused and billed, as others have written it down. */
    public record UsageReads(
            Totals totals, KeyUses keys, LedgerLog ledger, DecisionLog decisions) {}

    /**
     * Where time, ids and chance come from.
     *
     * @param random cryptographically strong
     */
    public record Sources(InstantSource clock, IdSource ids, RandomGenerator random) {}

    public ControlApi(
            Settings settings,
            MasterKey masterKey,
            ControlLog log,
            AuditLog audit,
            DeliveryLog deliveries,
            UsageReads usage,
            Sources sources) {
        var hasher = KeyHasher.of(masterKey, 1);
        headers = Headers.of(settings.headerPrefix());
        served = served(settings);
        forwarder = new Forwarder(headers);
        pipeline =
                new Pipeline(
                        log,
                        new Authenticator(hasher, sources.clock()),
                        new RequestRate(settings.requestsPerSecond(), sources.clock()),
                        headers,
                        forwarder,
                        new Pipeline.Randomness(
                                sources.ids()::next,
                                sources.random(),
                                masterKey.derive(MasterKey.Purpose.IDEMPOTENCY, 1)));
        var cursors = new Cursors(masterKey);
        var lists = new Lists(cursors);
        var past = new PastGroups(audit);
        var urls = new Urls(settings.outbound());
        var envelope = new Envelope(masterKey);
        var fingerprints = masterKey.derive(MasterKey.Purpose.FINGERPRINT, 2);
        routes.addAll(new EndpointRoutes(lists, urls).routes());
        routes.addAll(new GroupRoutes(lists).routes());
        var signature = new RegistrationSignature(headers, sources.clock());
        var keyRoutes =
                new ApiKeyRoutes(lists, hasher, settings.keyBrand(), signature, usage.keys())
                        .routes();
        routes.addAll(keyRoutes);
        routes.addAll(new UserRoutes(lists, keyRoutes).routes());
        routes.addAll(new RegistrationKeyRoutes(lists).routes());
        routes.addAll(new PrefixRoutes(lists).routes());
        routes.addAll(new DomainRoutes(lists, envelope, sources.clock()).routes());
        routes.addAll(new CredentialRoutes(lists, envelope, fingerprints).routes());
        routes.addAll(new WebhookRoutes(lists, envelope, urls).routes());
        routes.addAll(new DeliveryRoutes(deliveries, cursors).routes());
        var brand = ApiKeyText.managementBrand(settings.keyBrand());
        routes.addAll(new ManagementKeyRoutes(lists, hasher, brand).routes());
        routes.addAll(new PriceRoutes(lists).routes());
        routes.addAll(new AuditRoutes(audit, cursors).routes());
        routes.addAll(new AdjustmentRoutes(lists, new AdjustmentSeal(masterKey), past).routes());
        routes.addAll(new EventRoutes(usage.ledger(), cursors, settings.customerField()).routes());
        routes.addAll(new DecisionRoutes(usage.decisions()).routes());
        routes.addAll(new UsageRoutes(usage.totals(), sources.clock()).routes());
        routes.add(Route.together("/changes", Operation.CHANGE, new RouteTable(routes)));
        // Not among several changes: they read the ledger, and those are read by the log's owner.
        routes.addAll(
                new ReplayRoutes(deliveries, usage.ledger(), past, () -> log.snapshot().image())
                        .routes());
    }

    /** Adds every route, and the file that describes them. */
    public void addTo(Routes to) {
        for (var route : routes) {
            var handler = pipeline.handler(route);
            to.on(route.method(), BASE + route.pattern(), handler);
            if (route.method().equals(Method.GET)) {
                to.on(Method.HEAD, PathMatchers.create(BASE + route.pattern()), handler);
            }
        }
        to.get(
                "/openapi.yaml",
                (request, response) -> {
                    response.header(HeaderNames.CONTENT_TYPE, "application/yaml");
                    response.send(served);
                });
    }

    /** The packaged file names headers and addresses as they are without branding. */
    private static byte[] served(Settings settings) {
        return new String(description(), StandardCharsets.UTF_8)
                .replace(UNBRANDED, settings.headerPrefix())
                .replace("- url: /", "- url: " + settings.publicUrl().orElse("") + "/")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Every route, for the test that holds them to the description. */
    List<Route> routes() {
        return List.copyOf(routes);
    }

    /** The OpenAPI file as it is packaged, without branding. */
    public static byte[] description() {
        try (var in = ControlApi.class.getResourceAsStream(OPEN_API)) {
            if (in == null) {
                throw new IllegalStateException("missing resource " + OPEN_API);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        forwarder.close();
    }
}
