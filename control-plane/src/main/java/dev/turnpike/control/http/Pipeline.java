package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.log.Answer;
import dev.turnpike.control.log.ControlLog;
import dev.turnpike.control.log.Idempotency;
import dev.turnpike.control.log.Snapshot;
import dev.turnpike.control.log.Submission;
import dev.turnpike.control.log.Together;
import dev.turnpike.runtime.http.BodyCoding;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.http.RequestId;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.ManagementKey;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What happens to every request of the management API, top to bottom: wait for the asked position,
 * authenticate, check the role, then read from the image, or decide a change at the owner.
 */
final class Pipeline {
    private static final Duration POSITION_WAIT_MAX = Duration.ofSeconds(5);
    private static final Pattern ETAG = Pattern.compile("\"(\\d{1,18})\"");
    private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[!-~]{1,255}");
    private static final long NEVER_MATCHES = -1;
    private static final int NONCE_BYTES = 16;

    /** May be empty: before the first page there is none. */
    private static final String FIRST_PAGE = "cursor";

    private static final Problem NO_VERSION =
            Problem.of(
                    ErrorCode.PRECONDITION_FAILED,
                    "Several changes have no version; each command has an if_match");
    private static final Problem REPLACED =
            Problem.of(
                    ErrorCode.IDEMPOTENCY_CONFLICT,
                    "The secret that this Idempotency-Key made has been replaced");

    private final ControlLog log;
    private final Authenticator authenticator;
    private final RequestRate rate;
    private final Headers headers;
    private final Forwarder forwarder;
    private final Randomness randomness;

    /**
     * Where ids and secrets come from.
     *
     * @param random cryptographically strong
     * @param idempotencyKey the server's key from which secrets of retried requests are derived
     */
    record Randomness(Supplier<String> ulids, RandomGenerator random, byte[] idempotencyKey) {}

    Pipeline(
            ControlLog log,
            Authenticator authenticator,
            RequestRate rate,
            Headers headers,
            Forwarder forwarder,
            Randomness randomness) {
        this.log = log;
        this.authenticator = authenticator;
        this.rate = rate;
        this.headers = headers;
        this.forwarder = forwarder;
        this.randomness = randomness;
    }

    Handler handler(Route route) {
        return switch (route.handling()) {
            case Route.Read read -> (request, response) -> read(route, read, request, response);
            case Route.Write write -> (request, response) -> write(route, write, request, response);
            case Route.WriteAll all ->
                    (request, response) -> writeAll(route, all, request, response);
        };
    }

    private void read(
            Route route, Route.Read read, ServerRequest request, ServerResponse response) {
        awaitPosition(request);
        var snapshot = log.snapshot();
        var key = admitted(route, request, snapshot);
        checkQuery(route, request);
        var reading =
                new Reading(
                        snapshot.image(),
                        key,
                        path(request),
                        name -> request.query().first(name).orElse(""));
        send(request, response, read.handler().apply(reading), snapshot.position());
    }

    private void write(
            Route route, Route.Write write, ServerRequest request, ServerResponse response) {
        awaitPosition(request);
        var key = admitted(route, request, log.snapshot());
        checkQuery(route, request);
        var body = body(request);
        if (!log.owning()) {
            forwarder.forward(request, response, body, log.ownerUrl());
            return;
        }
        var nonce = nonce();
        var use = use(request, key);
        var change = change(write, request, body, use.map(it -> seed(it, nonce)));
        var idempotency = use.map(it -> idempotency(it, body, nonce, change.reply()));
        boolean dryRun = dryRun(request);
        var submission =
                new Submission(
                        change.command(),
                        Optional.of(key.prefix()),
                        Authenticator.actor(key),
                        RequestId.of(request),
                        expectedVersion(request),
                        idempotency,
                        dryRun);
        switch (log.submit(submission)) {
            case Answer.Refused(var problem) -> throw problem.asException();
            case Answer.NotOwner() -> forwarder.forward(request, response, body, log.ownerUrl());
            case Answer.Done done -> {
                var reply = change.reply().apply(done);
                send(request, response, dryRun ? reply.asDryRun() : reply, done.position());
            }
            case Answer.Repeated again -> {
                var reply = repeated(write, request, body, use, again);
                send(request, response, dryRun ? reply.asDryRun() : reply, again.position());
            }
            case Answer.DoneTogether _, Answer.RepeatedTogether _ ->
                    throw new IllegalStateException("one change was asked");
        }
    }

    private void writeAll(
            Route route, Route.WriteAll all, ServerRequest request, ServerResponse response) {
        awaitPosition(request);
        var key = admitted(route, request, log.snapshot());
        checkQuery(route, request);
        var body = body(request);
        if (!log.owning()) {
            forwarder.forward(request, response, body, log.ownerUrl());
            return;
        }
        if (request.headers().contains(HeaderNames.IF_MATCH)) {
            throw NO_VERSION.asException();
        }
        var nonce = nonce();
        var use = use(request, key);
        var list = commands(all, body, key, use, nonce);
        var together =
                new Together(
                        List.copyOf(list.commands()),
                        Optional.of(key.prefix()),
                        Authenticator.actor(key),
                        RequestId.of(request),
                        use.map(it ->
                                idempotency(it, body, nonce, done -> Reply.of(Json.object()))),
                        list::kept,
                        dryRun(request));
        switch (log.submit(together)) {
            case Answer.Refused(var problem) -> throw problem.asException();
            case Answer.NotOwner() -> forwarder.forward(request, response, body, log.ownerUrl());
            case Answer.DoneTogether done -> {
                var results = list.results(done.parts(), together.dryRun());
                send(request, response, Reply.of(results), done.position());
            }
            case Answer.RepeatedTogether again -> {
                var then = commands(all, body, key, use, again.nonce());
                var results = then.again(again, log.snapshot().image(), together.dryRun());
                send(request, response, Reply.of(results), again.position());
            }
            case Answer.Done _, Answer.Repeated _ ->
                    throw new IllegalStateException("several changes were asked");
        }
    }

    private CommandList commands(
            Route.WriteAll all,
            byte[] body,
            ManagementKey key,
            Optional<String> use,
            byte @Nullable [] nonce) {
        return CommandList.read(
                Json.parseObject(body),
                all.table(),
                key.role(),
                step -> draws(use.map(it -> seed(it + "/" + step, nonce))));
    }

    private Draws draws(Optional<byte[]> seed) {
        return new Draws(randomness.ulids(), randomness.random(), seed);
    }

    private byte[] nonce() {
        var nonce = new byte[NONCE_BYTES];
        randomness.random().nextBytes(nonce);
        return nonce;
    }

    private Change change(
            Route.Write write, ServerRequest request, byte[] body, Optional<byte[]> seed) {
        var fields = new Fields(parsed(write, body));
        var change = write.handler().apply(asking(fields, draws(seed), request, body));
        fields.done();
        return change;
    }

    /**
     * The reply of then: kept, or made again with the secrets of then.
     *
     * @throws ProblemException when others have taken the place of those secrets
     */
    private Reply repeated(
            Route.Write write,
            ServerRequest request,
            byte[] body,
            Optional<String> use,
            Answer.Repeated again) {
        var kept = again.reply();
        if (kept != null) {
            return Reply.of(Json.parseObject(kept.getBytes(StandardCharsets.UTF_8)));
        }
        var seed = use.map(it -> seed(it, again.nonce()));
        var then = change(write, request, body, seed);
        var now = again.subject();
        if (now != null && !then.holds().test(now)) {
            throw REPLACED.asException();
        }
        return then.reply().apply(again.done());
    }

    private Asking asking(Fields fields, Draws draws, ServerRequest request, byte[] body) {
        var sent =
                new SentRequest(
                        request.prologue().method().text(),
                        request.prologue().uriPath().rawPath(),
                        name -> request.headers().first(name),
                        body);
        return new Asking(fields, path(request), draws, sent, log.snapshot().image());
    }

    private void awaitPosition(ServerRequest request) {
        var wanted = request.headers().first(headers.position());
        if (wanted.isEmpty()) {
            return;
        }
        try {
            long position = Long.parseLong(wanted.get().strip());
            if (!log.awaitPosition(position, POSITION_WAIT_MAX)) {
                throw Problem.of(
                                ErrorCode.UNAVAILABLE,
                                "This replica has not reached the asked position yet")
                        .asException();
            }
        } catch (NumberFormatException e) {
            var name = headers.position().defaultCase();
            throw Problem.invalid(name, name + " must be a number").asException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(ErrorCode.UNAVAILABLE, "The service is stopping").asException(e);
        }
    }

    private ManagementKey admitted(Route route, ServerRequest request, Snapshot snapshot) {
        if (snapshot.position() < 0) {
            throw Problem.of(ErrorCode.UNAVAILABLE, "The log is still being read").asException();
        }
        var authorization = request.headers().first(HeaderNames.AUTHORIZATION);
        var key = authenticator.authenticate(authorization, snapshot.image());
        rate.take(key.prefix(), route);
        if (!route.operation().allows(key.role())) {
            throw Problem.of(
                            ErrorCode.PERMISSION_DENIED,
                            "A key of role " + Views.role(key.role()) + " may not do this")
                    .asException();
        }
        return key;
    }

    /** Names one use of an {@code Idempotency-Key}: by whom, on what. */
    private Optional<String> use(ServerRequest request, ManagementKey key) {
        var given = request.headers().first(Headers.IDEMPOTENCY_KEY);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        if (!IDEMPOTENCY_KEY.matcher(given.get()).matches()) {
            var name = Headers.IDEMPOTENCY_KEY.defaultCase();
            throw Problem.invalid(name, name + " must be 1 to 255 printable ASCII characters")
                    .asException();
        }
        var method = request.prologue().method().text();
        var hash =
                Keyed.mac(
                        randomness.idempotencyKey(),
                        utf8("use"),
                        utf8(key.prefix().value()),
                        utf8(method + " " + request.prologue().uriPath().path()),
                        utf8(given.get()));
        return Optional.of(HexFormat.of().formatHex(hash));
    }

    /** The hash of the body is keyed: a body may hold a secret, and the record is in the log. */
    private Idempotency idempotency(
            String use, byte[] body, byte[] nonce, Function<Answer.Done, Reply> reply) {
        return new Idempotency(
                use,
                Keyed.mac(randomness.idempotencyKey(), utf8("body"), ByteBuffer.wrap(body)),
                nonce,
                done -> reply.apply(done).withoutSecrets().body().toString());
    }

    /**
     * What the secrets of a use are derived from. Never the same bytes as the key of the record,
     * which stands in the log; and other bytes for a later use of the same key, so that a key which
     * was revoked does not come back once the record is forgotten.
     */
    private byte[] seed(String use, byte @Nullable [] nonce) {
        var server = randomness.idempotencyKey();
        return nonce == null
                ? Keyed.mac(server, utf8("seed"), utf8(use))
                : Keyed.mac(server, utf8("seed"), utf8(use), ByteBuffer.wrap(nonce));
    }

    private static ObjectNode parsed(Route.Write write, byte[] body) {
        return switch (write.body()) {
            case REQUIRED -> Json.parseObject(body);
            case OPTIONAL -> body.length == 0 ? Json.object() : Json.parseObject(body);
            case NONE -> Json.object();
        };
    }

    private static OptionalLong expectedVersion(ServerRequest request) {
        var given = request.headers().first(HeaderNames.IF_MATCH).map(String::strip);
        if (given.isEmpty() || given.get().equals("*")) {
            return OptionalLong.empty();
        }
        var etag = ETAG.matcher(given.get());
        return OptionalLong.of(etag.matches() ? Long.parseLong(etag.group(1)) : NEVER_MATCHES);
    }

    /** A mistyped parameter must not do something else than was meant. */
    private static void checkQuery(Route route, ServerRequest request) {
        var query = request.query();
        for (var name : query.names()) {
            if (!route.query().contains(name)) {
                throw Problem.invalid(name, "The query parameter " + name + " is unknown")
                        .asException();
            }
            if (query.all(name).size() > 1) {
                throw Problem.invalid(name, "The query parameter " + name + " is given twice")
                        .asException();
            }
            // An empty variable of a script must not widen what it asks for.
            if (query.first(name).orElse("").isEmpty() && !name.equals(FIRST_PAGE)) {
                throw Problem.invalid(name, "The query parameter " + name + " is empty")
                        .asException();
            }
        }
    }

    private static boolean dryRun(ServerRequest request) {
        return switch (request.query().first(Route.DRY_RUN).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw Problem.invalid(Route.DRY_RUN, "dry_run must be true or false")
                            .asException();
        };
    }

    private void send(ServerRequest request, ServerResponse response, Reply reply, long position) {
        response.header(HeaderValues.CONTENT_TYPE_JSON);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(headers.position(), Long.toString(position));
        reply.version()
                .ifPresent(version -> response.header(HeaderNames.ETAG, "\"" + version + "\""));
        var body = Json.bytes(reply.body());
        if (request.prologue().method().equals(Method.HEAD)) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            response.send(); // A body here would be read as the next reply.
        } else {
            response.send(body);
        }
    }

    private static byte[] body(ServerRequest request) {
        return BodyCoding.whole(request);
    }

    private static UnaryOperator<String> path(ServerRequest request) {
        return name -> request.path().pathParameters().get(name);
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
