package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.estimate.TokenEstimator;
import dev.turnpike.edge.journal.JournalUnavailableException;
import dev.turnpike.edge.limit.AppliedLimits;
import dev.turnpike.edge.protocol.Asked;
import dev.turnpike.edge.protocol.Dialect;
import dev.turnpike.edge.protocol.Protocol;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ModelRequest;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Outcome;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that happens to one request to a model, top to bottom, on the caller's virtual thread:
 * authenticate, read, resolve, admit, call, relay, settle. What is particular to a route is in its
 * {@link Protocol}. The types keep the order: no stage can be given what an earlier one has not
 * produced. Thread-safe.
 */
public final class InferencePipeline {
    /** Members named at most of those that a target does not hear of. */
    private static final int IGNORED_MAX = 16;

    private static final Pattern IGNORED_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,80}");

    private static final Problem UNRECORDED =
            Problem.of(
                    ErrorCode.UNAVAILABLE,
                    "Usage cannot be recorded right now, so nothing is served");

    /** Stands in the record of a request whose body could not be read. */
    private static final String NO_MODEL = "";

    private final Entry entry;
    private final TokenEstimator estimator;
    private final RequestMeters meters;
    private final Admit admit;
    private final CallTargets callTargets;
    private final RelayAnswer relay;
    private final Drains drains;
    private final InstantSource clock;
    private final String overheadHeader;
    private final String ignoredHeader;

    /** The stages before a request has a price. */
    record Entry(
            Freshness freshness, Authenticate authenticate, Resolve resolve, Repeats repeats) {}

    InferencePipeline(
            Entry entry,
            Pipelines.Money money,
            Admit admit,
            CallTargets callTargets,
            RelayAnswer relay,
            Drains drains,
            InstantSource clock,
            String headerPrefix) {
        this.entry = entry;
        this.estimator = money.estimator();
        this.meters = money.meters();
        this.admit = admit;
        this.callTargets = callTargets;
        this.relay = relay;
        this.drains = drains;
        this.clock = clock;
        this.ignoredHeader = headerPrefix + "-Ignored";
        this.overheadHeader = headerPrefix + "-Overhead-Ms";
    }

    /**
     * Refuses a caller before anything of the body is read, so that nobody without a key fills the
     * memory. {@link #serve} asks again: a key may be revoked while its body arrives.
     *
     * @param protocol of the route it came on
     * @param head the request without its body
     * @return who calls, as far as is known by now
     * @throws ProblemException if the caller has no right key, or it cannot be told
     */
    public Authenticate.Authenticated recognise(Protocol protocol, InboundRequest head) {
        try {
            entry.freshness().require(head.receivedAt());
            return welcome(protocol, head, entry.authenticate().known(head));
        } catch (ProblemException e) {
            meters.problem(e.problem());
            throw e;
        } catch (JournalUnavailableException e) {
            meters.problem(UNRECORDED);
            throw UNRECORDED.asException(e);
        }
    }

    /** Who may not come from here or now is known all the same, so his refusal is recorded. */
    private Authenticate.Authenticated welcome(
            Protocol protocol, InboundRequest inbound, Authenticate.Authenticated who) {
        var refusal = who.refusal();
        if (refusal != null) {
            throw admit.refused(unread(protocol, inbound, who), refusal, null);
        }
        return who;
    }

    /**
     * Serves one request. Whatever was taken is settled exactly once, on every path.
     *
     * @param protocol of the route it came on
     * @param caller as {@link #recognise} found him
     * @throws ProblemException if a stage refuses, or every target fails, before the first byte
     * @throws ClientGoneException if the client left; everything is settled
     */
    public void serve(
            Protocol protocol,
            Authenticate.Authenticated caller,
            InboundRequest inbound,
            ClientReply reply)
            throws ClientGoneException {
        try {
            entry.freshness().require(inbound.receivedAt());
            var who = entry.authenticate().again(caller, inbound);
            authenticated(protocol, welcome(protocol, inbound, who), inbound, reply);
        } catch (ProblemException e) {
            meters.problem(e.problem());
            throw e;
        } catch (JournalUnavailableException e) {
            meters.problem(UNRECORDED);
            throw UNRECORDED.asException(e);
        }
    }

    private void authenticated(
            Protocol protocol,
            Authenticate.Authenticated who,
            InboundRequest inbound,
            ClientReply reply)
            throws ClientGoneException {
        var asked = read(protocol, inbound, who);
        var key = Repeats.key(inbound);
        if (key.isEmpty()) {
            known(protocol, inbound, who, asked, new Asker(reply, false, () -> {}));
            return;
        }
        var caller = who.key().prefix();
        var first = entry.repeats().begin(caller, key.get(), protocol, inbound, reply);
        if (first.isPresent()) {
            try (var claim = first.get()) {
                known(protocol, inbound, who, asked, new Asker(claim, true, claim::charged));
            }
        }
    }

    /**
     * Who is to hear of a request.
     *
     * @param again whether he says that he may ask again, and so is answered then
     * @param charged told at its end if it is paid for
     */
    record Asker(ClientReply reply, boolean again, Runnable charged) {}

    private void known(
            Protocol protocol,
            InboundRequest inbound,
            Authenticate.Authenticated who,
            Asked asked,
            Asker asker)
            throws ClientGoneException {
        var model = asked.request().model();
        var endpoint = entry.resolve().apply(model, who);
        var call = call(protocol, inbound, who, asked.request(), endpoint.orElse(null));
        if (endpoint.isEmpty()) {
            throw admit.refused(call, Resolve.notFound(model), null);
        }
        if (Residency.forbidsAll(endpoint.get())) {
            throw admit.refused(call, Residency.violated(), null);
        }
        var limits = who.account().limits(call.modelSlug());
        var dialect = protocol.dialect();
        admitted(new Admitting(inbound, limits, asked, endpoint.get(), call, dialect), asker);
    }

    /** A request that is known to be well, and what it asks for. */
    record Admitting(
            InboundRequest inbound,
            AppliedLimits limits,
            Asked asked,
            Endpoint endpoint,
            Call call,
            Dialect dialect) {}

    /** Everything from the limits on. */
    void admitted(Admitting request, Asker asker) throws ClientGoneException {
        var asked = request.asked().request();
        long input = estimator.admissionInput(asked, request.limits().countTokens());
        var size = new Admit.Size(input, asked.maxTokens().orElse(-1), asked.choices());
        var onFailure = request.endpoint().onFailure();
        var served =
                new ServedRequest(request.inbound(), asked, input, estimator, onFailure, clock);
        // Who says that he may ask again is answered then, and so it must be finished now.
        boolean finished = !asked.stream() && asker.again();
        try (var leave = drains.leave(finished)) {
            var reply = asker.reply();
            var open = admit(request, size, served, reply);
            try (open) { // Nothing may stand in between: what was taken has this owner alone.
                sayLimits(request, reply);
                answer(request, open, served, leave, reply);
            } finally { // After it was closed, which may settle it too.
                if (open.charged()) {
                    asker.charged().run();
                }
            }
        }
    }

    private void answer(
            Admitting request,
            OpenRequest open,
            ServedRequest served,
            Drains.Leave leave,
            ClientReply reply)
            throws ClientGoneException {
        long before = served.watch().nanos();
        var answer =
                callTargets.apply(
                        new CallTargets.Request(
                                request.endpoint(),
                                open,
                                request.asked(),
                                served,
                                reply::present,
                                leave));
        long answered = served.watch().nanos();
        served.waited(answered - before);
        switch (answer) {
            case Answer.Failed(var problem, var outcome) -> {
                open.settle(served.notAccepted(outcome, problem.code().httpStatus()));
                throw problem.asException();
            }
            case Answer.ClientLeft(var provider, var model) -> {
                served.accepted(provider, model);
                open.settle(served.ended(Outcome.CLIENT_GONE, 0));
                throw new ClientGoneException(new IOException("left before the answer"));
            }
            case Answer.BodyBroken() -> {
                open.settle(served.notAccepted(Outcome.CLIENT_GONE, 0));
                throw new ClientGoneException(new IOException("left within the body"));
            }
            case Answer.Accepted accepted -> {
                try (var _ = accepted.call()) {
                    served.accepted(accepted.provider(), accepted.targetModel());
                    sayIgnored(accepted, request.asked().request(), reply);
                    reply.header(overheadHeader, Long.toString(served.overheadMillis(answered)));
                    relay.apply(accepted, open, served, reply);
                } finally {
                    served.tellTarget();
                }
            }
        }
    }

    /** Names what was not heeded or not recorded, as far as it can be named in a header. */
    private void sayIgnored(Answer.Accepted accepted, ModelRequest asked, ClientReply reply) {
        var ignored = accepted.form().ignored();
        var unrecorded = asked.unrecorded();
        if (ignored.isEmpty() && unrecorded.isEmpty()) {
            return;
        }
        var shown =
                Stream.concat(ignored.stream(), unrecorded.stream())
                        .filter(name -> IGNORED_NAME.matcher(name).matches())
                        .limit(IGNORED_MAX)
                        .toList();
        if (!shown.isEmpty()) {
            reply.header(ignoredHeader, String.join(", ", shown));
        }
    }

    private OpenRequest admit(
            Admitting request, Admit.Size size, ServedRequest served, ClientReply reply) {
        boolean admitted = false;
        try {
            var targets = request.endpoint().targets();
            var open =
                    admit.apply(request.call(), request.limits(), targets, size, served::forgotten);
            admitted = true;
            return open;
        } finally {
            if (!admitted) {
                sayLimits(request, reply);
            }
        }
    }

    private void sayLimits(Admitting request, ClientReply reply) {
        var now = clock.instant();
        var view = admit.view(request.limits(), now);
        RateLimitHeaders.write(view, request.dialect(), now, reply);
    }

    private Asked read(Protocol protocol, InboundRequest inbound, Authenticate.Authenticated who) {
        try {
            return protocol.read(inbound.incoming());
        } catch (BodyFaultException e) {
            throw admit.refused(unread(protocol, inbound, who), refused(e), null);
        }
    }

    /** A request whose body is not known. */
    private static Call unread(
            Protocol protocol, InboundRequest inbound, Authenticate.Authenticated who) {
        return new Call(
                inbound.id(),
                inbound.receivedAt(),
                who.account().caller(),
                NO_MODEL,
                null,
                protocol.operation(),
                false,
                Map.of(),
                TraceHeaders.of(inbound.headers()).orElse(null));
    }

    /** What a client is told about a body that is not as it must be: which field, and why. */
    static Problem refused(BodyFaultException fault) {
        var problem =
                Problem.of(ErrorCode.INVALID_REQUEST, sentence(fault))
                        .withDetail(fault.reason().code());
        return fault.param().map(problem::withParam).orElse(problem);
    }

    private static String sentence(BodyFaultException fault) {
        var text = String.valueOf(fault.getMessage());
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static Call call(
            Protocol protocol,
            InboundRequest inbound,
            Authenticate.Authenticated who,
            ModelRequest request,
            @Nullable Endpoint endpoint) {
        return new Call(
                inbound.id(),
                inbound.receivedAt(),
                who.account().caller(),
                request.model(),
                endpoint == null ? null : endpoint.id(),
                protocol.operation(),
                request.stream(),
                request.metadata(),
                TraceHeaders.of(inbound.headers()).orElse(null));
    }
}
