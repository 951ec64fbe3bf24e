package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.protocol.Asked;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.protocol.TargetTerms;
import dev.turnpike.edge.upstream.Deadlines;
import dev.turnpike.edge.upstream.Patience;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFault.TimedOut;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.Dispensable;
import dev.turnpike.edge.wire.UpstreamError;
import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.usage.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tries the targets of an endpoint in order until one accepts: the next one on a connection that
 * cannot be made, silence before the first byte, 429 and 5xx; never after the first byte. Targets
 * outside the endpoint's region are not tried, ailing ones only when no other is left.
 */
final class CallTargets {
    /** Longest time until a target accepts, all attempts together, in nanoseconds. */
    static final long OVERALL_NANOS = Duration.ofMinutes(10).toNanos();

    private static final Answer UNAVAILABLE =
            new Answer.Failed(
                    Problem.of(ErrorCode.UPSTREAM_ERROR, "The model cannot be reached"),
                    Outcome.UPSTREAM_FAILED);

    /** Said of a route, and not of the target: it must not cost the target its other routes. */
    private static final int NO_SUCH_ROUTE = 501;

    private final TargetClient client;
    private final TargetHealth health;
    private final ResponseIds ids;
    private final RandomGenerator random;
    private final Refusals refusals = new Refusals();

    CallTargets(TargetClient client, TargetHealth health, ResponseIds ids, RandomGenerator random) {
        this.client = client;
        this.health = health;
        this.ids = ids;
        this.random = random;
    }

    /**
     * One request on its way through the targets.
     *
     * @param served takes a record of every attempt
     * @param present asked while a target is silent
     * @param leave to wait for a target without a client
     */
    record Request(
            Endpoint endpoint,
            OpenRequest open,
            Asked asked,
            ServedRequest served,
            Patience present,
            Drains.Leave leave) {}

    /**
     * What came of one target.
     *
     * @param another whether another target may be tried
     * @param blame what to leave out when the same target is asked again; empty when it is not
     */
    private record Attempt(Answer answer, boolean another, Optional<Refusals.Blame> blame) {
        Attempt(Answer answer, boolean another) {
            this(answer, another, Optional.empty());
        }
    }

    Answer apply(Request request) {
        Answer last = UNAVAILABLE;
        @Nullable Target spared = null;
        boolean tried = false;
        for (var target : TargetOrder.of(request.endpoint().targets(), random)) {
            if (!Residency.allows(request.endpoint(), target)) {
                continue;
            }
            var breaker = health.of(target);
            if (!breaker.allows()) {
                spared = spared == null ? target : spared;
                continue;
            }
            if (!request.asked().sendable()) {
                notSendable(request, target, breaker);
                return last;
            }
            var attempt = attempt(request, target, breaker);
            tried = true;
            last = attempt.answer();
            if (!attempt.another() || !wanted(request)) {
                return last;
            }
        }
        return tried || spared == null ? last : forced(request, spared);
    }

    /** Whether it is worth asking another target. */
    private static boolean wanted(Request request) {
        return now(request) < OVERALL_NANOS && request.present().keepWaiting();
    }

    /**
     * An upload went by with the last attempt: who would be next is not asked, and that is said.
     */
    private static void notSendable(Request request, Target target, CircuitBreaker breaker) {
        breaker.released();
        var model = model(request, target);
        var reason = "not called: some of the upload is gone";
        request.served().attempted(target.provider(), model, 0, reason, now(request));
    }

    /** Nobody else is left: it is tried although it ails, by a few requests at a time. */
    private Answer forced(Request request, Target target) {
        var breaker = health.of(target);
        if (!breaker.allowsForced()) {
            var model = model(request, target);
            request.served().attempted(target.provider(), model, 0, "circuit open", now(request));
            return new Answer.Failed(
                    Problem.of(ErrorCode.OVERLOADED, "The model is not available right now"),
                    Outcome.UPSTREAM_FAILED);
        }
        try {
            return attempt(request, target, breaker).answer();
        } finally {
            breaker.forcedEnded();
        }
    }

    private Attempt attempt(Request request, Target target, CircuitBreaker breaker) {
        boolean ended = false;
        try {
            var model = model(request, target);
            var without = refusals.of(target, model);
            var attempt = attempt(request, target, breaker, without, true);
            for (int again = 1; attempt.blame().isPresent(); again++) {
                var blame = attempt.blame().get();
                without = blame.leftOutWith(without);
                attempt = attempt(request, target, breaker, without, again < Refusals.AGAIN_MAX);
                // Only now is it known that it was that, and not what the provider quotes.
                if (attempt.answer() instanceof Answer.Accepted) {
                    refusals.learned(target, model, blame, without);
                }
            }
            ended = true;
            return attempt;
        } finally {
            if (!ended) {
                breaker.released();
            }
        }
    }

    private static String model(Request request, Target target) {
        var own = target.targetModel();
        return own == null ? request.endpoint().slug().value() : own;
    }

    private static long now(Request request) {
        return request.served().watch().nanos();
    }

    /**
     * @param again whether the target may be asked once more
     */
    private Attempt attempt(
            Request request,
            Target target,
            CircuitBreaker breaker,
            Set<Dispensable> without,
            boolean again) {
        var provider = target.provider();
        var model = model(request, target);
        long began = now(request);
        try {
            var form = request.asked().form(target, terms(request, target, model, without));
            var deadlines = TargetClient.deadlines(target, OVERALL_NANOS - began);
            var call = send(request, target, model, form, deadlines);
            boolean handedOver = false;
            try {
                request.served().attempted(provider, model, call.status(), null, began);
                var view = request.open().view(model, request.endpoint().ofErrors());
                if (call.status() / 100 == 2) {
                    breaker.began();
                    request.served().answering(breaker);
                    var drain = request.leave().at(target);
                    var answer = new Answer.Accepted(provider, view, call, form, drain);
                    var attempt = new Attempt(answer, false);
                    handedOver = true;
                    return attempt;
                }
                var error = UpstreamProblems.read(call, form, view);
                var next = Refusals.next(error, form);
                if (again && next.isPresent() && wanted(request)) {
                    return new Attempt(UNAVAILABLE, true, next);
                }
                if (call.status() >= 500) {
                    request.served().promptTaken();
                }
                return refused(call, error, breaker);
            } finally {
                if (!handedOver) {
                    call.close();
                }
            }
        } catch (BodyFaultException e) {
            breaker.released();
            var problem = InferencePipeline.refused(e);
            return new Attempt(new Answer.Failed(problem, Outcome.UPSTREAM_FAILED), true);
        } catch (UpstreamFaultException e) {
            var label = UpstreamProblems.label(e.fault());
            request.served().attempted(provider, model, 0, label, began);
            if (e.fault() instanceof UpstreamFault.BodyLost) {
                breaker.released();
                return new Attempt(lost(e.getCause()), false);
            }
            if (e.fault() instanceof TimedOut late && late.afterSending()) {
                request.served().promptTaken();
            }
            return broken(e.fault(), provider, model, request, breaker);
        } catch (InvalidUrlException e) {
            breaker.released();
            request.served().attempted(provider, model, 0, "no usable address", began);
            return new Attempt(UNAVAILABLE, true);
        }
    }

    private TargetTerms terms(
            Request request, Target target, String model, Set<Dispensable> without) {
        var endpoint = request.endpoint();
        var group = request.open().call().caller().groupId();
        return new TargetTerms(
                model, endpoint.forwardMetadata(), without, ids.of(group, endpoint.id(), target));
    }

    private UpstreamCall send(
            Request request, Target target, String model, TargetForm form, Deadlines deadlines)
            throws UpstreamFaultException, InvalidUrlException {
        var open = request.open();
        var message =
                new TargetClient.Message(
                        open.call().requestId(), "POST", form.path(), form.headers(), form.body());
        var ready = client.prepare(target, message, deadlines);
        // Only now: a target that nothing can be sent to is not called, and costs nothing.
        open.called(target.provider(), model);
        var drain = request.leave().at(target);
        return ready.send(deadlines, () -> request.present().keepWaiting() || drain.goesOn());
    }

    private static Attempt refused(UpstreamCall call, UpstreamError error, CircuitBreaker breaker) {
        int status = call.status();
        if (status == 429) {
            breaker.cool(UpstreamProblems.retryAfter(call).orElse(Duration.ZERO));
        } else if ((status >= 500 && status != NO_SUCH_ROUTE) || status == 408) {
            breaker.failed();
        } else {
            breaker.succeeded();
        }
        boolean another = status == 408 || status == 429 || status >= 500;
        return new Attempt(UpstreamProblems.ofError(call, error), another);
    }

    /** The client broke its request off, or it is refused although some of it is sent already. */
    private static Answer lost(@Nullable Throwable cause) {
        return switch (cause) {
            case BodyFaultException fault ->
                    new Answer.Failed(InferencePipeline.refused(fault), Outcome.REFUSED);
            case ProblemException e -> new Answer.Failed(e.problem(), Outcome.REFUSED);
            case null, default -> new Answer.BodyBroken();
        };
    }

    private static Attempt broken(
            UpstreamFault fault,
            Provider provider,
            String model,
            Request request,
            CircuitBreaker breaker) {
        if (fault instanceof UpstreamFault.Cancelled) {
            breaker.released();
            if (!request.present().keepWaiting()) {
                return new Attempt(new Answer.ClientLeft(provider, model), false);
            }
        } else {
            breaker.failed();
        }
        return new Attempt(UpstreamProblems.ofFault(fault), fault.beforeFirstByte());
    }
}
