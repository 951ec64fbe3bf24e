package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.estimate.TokenEstimator;
import dev.turnpike.edge.protocol.AnswerView;
import dev.turnpike.edge.protocol.Asked;
import dev.turnpike.edge.protocol.Counting;
import dev.turnpike.edge.protocol.Protocol;
import dev.turnpike.edge.protocol.TargetTerms;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.Dispensable;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.id.GroupId;
import java.io.IOException;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Answers how many tokens a request would have, without asking a model: a target that counts is
 * asked, for all others it is estimated. Nothing is generated, so nothing is charged, limited or
 * recorded. Thread-safe.
 */
public final class CountTokensPipeline {
    private static final String JSON = "application/json";

    /** What those answer that speak a provider's API but have no such route. */
    private static final Set<Integer> NO_SUCH_ROUTE = Set.of(404, 405, 501);

    private final InferencePipeline.Entry entry;
    private final TargetClient client;
    private final TokenEstimator estimator;
    private final RequestMeters meters;
    private final ResponseIds ids;
    private final RandomGenerator random;

    CountTokensPipeline(
            InferencePipeline.Entry entry,
            TargetClient client,
            Pipelines.Money money,
            ResponseIds ids,
            RandomGenerator random) {
        this.entry = entry;
        this.client = client;
        this.estimator = money.estimator();
        this.meters = money.meters();
        this.ids = ids;
        this.random = random;
    }

    /**
     * Refuses a caller before anything of the body is read, as {@link InferencePipeline#recognise}
     * does, but without a record.
     *
     * @throws ProblemException if the caller has no right key, or it cannot be told
     */
    public Authenticate.Authenticated recognise(InboundRequest head) {
        try {
            entry.freshness().require(head.receivedAt());
            return entry.authenticate().apply(head);
        } catch (ProblemException e) {
            meters.problem(e.problem());
            throw e;
        }
    }

    /**
     * @param caller as {@link #recognise} found him
     * @throws ProblemException if the caller or the request is refused, or the target fails
     * @throws ClientGoneException if the client left
     */
    public void serve(
            Counting counting,
            Authenticate.Authenticated caller,
            InboundRequest inbound,
            ClientReply reply)
            throws ClientGoneException {
        try {
            entry.freshness().require(inbound.receivedAt());
            var who = entry.authenticate().again(caller, inbound).welcome();
            var asked = read(counting.protocol(), inbound);
            var model = asked.request().model();
            var endpoint =
                    entry.resolve()
                            .apply(model, who)
                            .orElseThrow(() -> Resolve.notFound(model).asException());
            var request = new Request(counting, endpoint, who.group().id(), asked, inbound);
            reply.send(200, JSON, count(request, reply));
        } catch (ProblemException e) {
            meters.problem(e.problem());
            throw e;
        }
    }

    private static Asked read(Protocol protocol, InboundRequest inbound) {
        try {
            return protocol.read(inbound.incoming());
        } catch (BodyFaultException e) {
            throw InferencePipeline.refused(e).asException();
        }
    }

    private record Request(
            Counting counting,
            Endpoint endpoint,
            GroupId group,
            Asked asked,
            InboundRequest inbound) {}

    private byte[] count(Request request, ClientReply reply) throws ClientGoneException {
        var endpoint = request.endpoint();
        if (Residency.forbidsAll(endpoint)) {
            throw Residency.violated().asException();
        }
        var slug = endpoint.slug().value();
        var last = Problem.of(ErrorCode.UPSTREAM_ERROR, "The model cannot be reached");
        for (var target : TargetOrder.of(endpoint.targets(), random)) {
            if (!Residency.allows(endpoint, target)) {
                continue;
            }
            var named = target.targetModel();
            var model = named == null ? slug : named;
            if (!request.counting().countedBy(target.provider())) {
                return estimated(request, model);
            }
            var inbound = request.inbound();
            var view =
                    new AnswerView(
                            slug,
                            model,
                            inbound.id().value(),
                            inbound.receivedAt().getEpochSecond(),
                            endpoint.ofErrors() == ErrorDetail.GENERIC);
            var counted = ask(target, request, view, reply);
            switch (counted) {
                case Counted.Known(var body) -> {
                    return body;
                }
                case Counted.Unable() -> {
                    return estimated(request, model);
                }
                case Counted.Refused(var problem, var another) -> {
                    if (!another) {
                        throw problem.asException();
                    }
                    last = problem;
                }
            }
        }
        throw last.asException();
    }

    private byte[] estimated(Request request, String model) {
        long tokens = estimator.exactInput(request.asked().request(), model);
        return request.counting().answer(tokens);
    }

    /** What came of asking one target. */
    private sealed interface Counted {
        record Known(byte[] body) implements Counted {}

        /** It does not count. */
        record Unable() implements Counted {}

        record Refused(Problem problem, boolean another) implements Counted {}
    }

    /** Nothing but the count: what else a provider says is not asked for. */
    private static Counted counted(Counting counting, byte[] answer) {
        try {
            var count = Json.mapper().readTree(answer).path("input_tokens");
            if (count.isIntegralNumber()) {
                return new Counted.Known(counting.answer(count.asLong()));
            }
        } catch (IOException e) {
            // No JSON: as good as no count.
        }
        return new Counted.Refused(
                Problem.of(ErrorCode.UPSTREAM_ERROR, "The model could not answer"), true);
    }

    private Counted ask(Target target, Request request, AnswerView view, ClientReply reply)
            throws ClientGoneException {
        try {
            var known = ids.of(request.group(), request.endpoint().id(), target);
            var terms =
                    new TargetTerms(
                            view.targetModel(),
                            request.endpoint().forwardMetadata(),
                            Set.of(Dispensable.STREAM_OPTIONS),
                            known);
            var form = request.asked().form(target, terms);
            var deadlines = TargetClient.deadlines(target, CallTargets.OVERALL_NANOS);
            var message =
                    new TargetClient.Message(
                            request.inbound().id(),
                            "POST",
                            form.path(),
                            form.headers(),
                            form.body());
            var ready = client.prepare(target, message, deadlines);
            try (var call = ready.send(deadlines, reply::present)) {
                int status = call.status();
                if (status / 100 == 2) {
                    var audience = new Audience(reply, Drain.NEVER, request.inbound().watch());
                    return counted(request.counting(), RelayAnswer.read(call, audience));
                }
                if (NO_SUCH_ROUTE.contains(status)) {
                    return new Counted.Unable();
                }
                var error = UpstreamProblems.read(call, form, view);
                var failed = UpstreamProblems.ofError(call, error);
                boolean another = status == 408 || status == 429 || status >= 500;
                return new Counted.Refused(failed.problem(), another);
            }
        } catch (BodyFaultException e) {
            return new Counted.Refused(InferencePipeline.refused(e), true);
        } catch (UpstreamFaultException e) {
            Presence.require(reply);
            return new Counted.Refused(
                    UpstreamProblems.ofFault(e.fault()).problem(), e.fault().beforeFirstByte());
        } catch (InvalidUrlException e) {
            return new Counted.Refused(
                    Problem.of(ErrorCode.UPSTREAM_ERROR, "The model cannot be reached"), true);
        }
    }
}
