package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command.CreateDomain;
import dev.turnpike.control.domain.Command.DeleteDomain;
import dev.turnpike.control.domain.Command.RotateCertificate;
import dev.turnpike.control.domain.Command.UpdateDomain;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.log.Answer;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.secret.Envelope;
import dev.turnpike.runtime.tls.InvalidIdentityException;
import dev.turnpike.runtime.tls.TlsIdentity;
import dev.turnpike.schemas.control.Domain;
import dev.turnpike.schemas.control.DomainCertificate;
import dev.turnpike.schemas.control.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** {@code /domains}: host names with what is seen there and their certificates. */
final class DomainRoutes {
    private static final String DOMAINS = "/domains";
    private static final String DOMAIN = DOMAINS + "/{domain_id}";
    private static final String CHAIN = "certificate_chain";
    private static final String KEY = "private_key";
    private static final int HOST_MAX = 253;
    private static final int PREFIXES_MAX = 100;
    private static final int CHAIN_LENGTH_MAX = 32 << 10;
    private static final int KEY_LENGTH_MAX = 16 << 10;

    /** Names of letters, digits and dashes with at least one dot; the last part is no number. */
    private static final Pattern HOST =
            Pattern.compile(
                    "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?");

    private final Lists lists;
    private final Envelope envelope;
    private final InstantSource clock;

    DomainRoutes(Lists lists, Envelope envelope, InstantSource clock) {
        this.lists = lists;
        this.envelope = envelope;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.post(DOMAINS, Operation.WRITE_DOMAINS, this::create),
                Route.list(DOMAINS, Operation.READ_DOMAINS, this::list),
                Route.get(DOMAIN, Operation.READ_DOMAINS, DomainRoutes::read),
                Route.patch(DOMAIN, Operation.WRITE_DOMAINS, DomainRoutes::update),
                Route.post(DOMAIN + "/rotate_certificate", Operation.WRITE_DOMAINS, this::rotate),
                Route.delete(DOMAIN, Operation.WRITE_DOMAINS, DomainRoutes::delete));
    }

    private Reply list(Reading reading) {
        return lists.page(reading, Listing.all(ResourceKind.DOMAIN));
    }

    private static Reply read(Reading reading) {
        var domain = reading.image().domain(host(reading.path())).orElseThrow(Reading::absent);
        return Reply.of(Views.of(domain), domain);
    }

    private Change create(Asking asking) {
        var body = asking.body();
        var host = body.text("host", 1, HOST_MAX).toLowerCase(Locale.ROOT);
        if (!HOST.matcher(host).matches()) {
            throw body.wrong("host", "must be a host name such as api.example.com");
        }
        boolean secured = body.find(CHAIN).isPresent() || body.find(KEY).isPresent();
        var pair = secured ? pair(body, host) : null;
        var command =
                new CreateDomain(
                        host,
                        PrefixRoutes.read(body, PREFIXES_MAX),
                        pair == null ? null : certificate(pair, host, 1));
        return Change.of(command, DomainRoutes::reply);
    }

    private static Change update(Asking asking) {
        var body = asking.body();
        if (body.find("prefixes").isEmpty()) {
            body.done(); // What cannot be changed is named before what is missing.
        }
        var command = new UpdateDomain(host(asking.path()), PrefixRoutes.read(body, PREFIXES_MAX));
        return Change.of(command, DomainRoutes::reply);
    }

    private Change rotate(Asking asking) {
        var host = host(asking.path());
        if (asking.image().domain(host).isEmpty()) {
            throw Reading.absent(); // Rather than that the certificate is not for it.
        }
        var pair = pair(asking.body(), host);
        return new Change(
                image -> {
                    long serial = image.domain(host).map(Domain::nextSerial).orElse(1L);
                    return new RotateCertificate(host, certificate(pair, host, serial));
                },
                DomainRoutes::reply);
    }

    private static Change delete(Asking asking) {
        var host = host(asking.path());
        return Change.of(
                new DeleteDomain(host),
                done -> Reply.of(Json.object().put("id", host).put("host", host)));
    }

    /** Names of hosts are kept in lower case, and asked for in any. */
    private static String host(UnaryOperator<String> path) {
        return path.apply("domain_id").toLowerCase(Locale.ROOT);
    }

    private static Reply reply(Answer.Done done) {
        var resource = Objects.requireNonNull(done.subject());
        return Reply.of(Views.of(resource), resource);
    }

    /** A certificate with its key, checked. */
    private record Pair(TlsIdentity identity, String chain, String key) {}

    private Pair pair(Fields body, String host) {
        var chain = body.lines(CHAIN, CHAIN_LENGTH_MAX);
        var key = body.lines(KEY, KEY_LENGTH_MAX);
        try {
            var identity = TlsIdentity.read(chain, key);
            if (!identity.names(host)) {
                throw body.wrong(CHAIN, "is not for the host " + host);
            }
            if (!identity.endsAt().isAfter(clock.instant())) {
                throw body.wrong(CHAIN, "has ended");
            }
            return new Pair(identity, chain, key);
        } catch (InvalidIdentityException e) {
            var name = e.part() == InvalidIdentityException.Part.PRIVATE_KEY ? KEY : CHAIN;
            throw body.wrong(name, String.valueOf(e.getMessage()));
        }
    }

    private DomainCertificate certificate(Pair pair, String host, long serial) {
        var sealed =
                envelope.seal(
                        pair.key().getBytes(StandardCharsets.UTF_8),
                        new Envelope.Owner("domain", host, serial));
        return new DomainCertificate(
                pair.chain(),
                sealed,
                serial,
                pair.identity().fingerprint(),
                pair.identity().endsAt());
    }
}
