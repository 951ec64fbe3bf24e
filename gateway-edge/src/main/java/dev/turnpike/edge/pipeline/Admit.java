package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.limit.AdmissionRequest;
import dev.turnpike.edge.limit.AdmissionResult.Admitted;
import dev.turnpike.edge.limit.AdmissionResult.Refused;
import dev.turnpike.edge.limit.AppliedLimits;
import dev.turnpike.edge.limit.RateLimitView;
import dev.turnpike.edge.limit.Reservation;
import dev.turnpike.runtime.lifecycle.IdSource;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.unit.NanoUsd;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Decision;
import dev.turnpike.schemas.usage.LimitBreach;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Takes all limits of a request or refuses it, and writes either down. A refusal consumes nothing
 * and can be explained by the decision id it carries.
 */
final class Admit {
    private final Pipelines.Money money;
    private final IdSource ids;

    Admit(Pipelines.Money money, IdSource ids) {
        this.money = money;
        this.ids = ids;
    }

    /** What is left of the tightest limits, for headers. */
    RateLimitView view(AppliedLimits limits, Instant now) {
        return money.admission().view(limits, now);
    }

    /**
     * What a request may come to, in tokens.
     *
     * @param input estimated prompt tokens
     * @param maxOutput most output tokens of one choice, -1 when the client set no bound
     * @param choices how many choices were asked for
     */
    record Size(long input, long maxOutput, int choices) {}

    /**
     * @param limits of the caller's group and the model
     * @param targets who may answer
     * @param forgotten as {@link OpenRequest} takes it
     * @return what owns all that was taken; to be closed whatever happens
     * @throws ProblemException {@code RATE_LIMIT_EXCEEDED} or {@code INSUFFICIENT_QUOTA}
     * @throws dev.turnpike.edge.journal.JournalUnavailableException if nothing can be written down
     */
    OpenRequest apply(
            Call call,
            AppliedLimits limits,
            List<Target> targets,
            Size size,
            LongFunction<Settlement> forgotten) {
        long output = money.history().estimate(call.modelSlug(), size.maxOutput(), size.choices());
        boolean priced = limits.count(LimitType.COST);
        long cost = priced ? cost(call, targets, size.input(), output) : 0;
        long more = priced ? cost(call, targets, 0, OpenRequest.PROGRESS_TOKENS) : 0;
        var expected = new OpenRequest.Expected(size.input(), more);
        var wanted = new AdmissionRequest(call.admittedAt(), limits, size.input() + output, cost);
        return switch (money.admission().admit(wanted)) {
            case Admitted(var reservation) -> opened(call, reservation, expected, forgotten);
            case Refused(var breach, var retryAfter, var quota) ->
                    throw refused(call, problem(breach, retryAfter, quota), breach);
        };
    }

    /** Gives what was taken to its owner, or back where there is none. */
    private OpenRequest opened(
            Call call,
            Reservation reservation,
            OpenRequest.Expected expected,
            LongFunction<Settlement> forgotten) {
        boolean owned = false;
        try {
            var open = new OpenRequest(call, reservation, expected, money, forgotten);
            owned = true;
            return open;
        } finally {
            if (!owned) {
                money.admission().release(reservation);
            }
        }
    }

    private long cost(Call call, List<Target> targets, long input, long output) {
        var usage = new TokenUsage(input, 0, 0, output, 0);
        return money.costs().estimate(call.modelSlug(), targets, call.admittedAt(), usage);
    }

    /** Writes down that {@code problem} refused the request and gives it the decision's id. */
    ProblemException refused(Call call, Problem problem, @Nullable LimitBreach breach) {
        var id = DecisionId.ofUlid(ids.next());
        var wait = problem.retryAfter().map(Duration::toMillis).orElse(null);
        var decision =
                new Decision(id, problem.code().httpStatus(), problem.shownCode(), breach, wait);
        money.journal().terminal(new RequestFact.Refused(call, decision));
        return problem.withDecision(id.value()).asException();
    }

    private static Problem problem(
            LimitBreach breach, Optional<Duration> retryAfter, boolean quota) {
        var limit = breach.limit();
        var text =
                "Limit of %s %s per %s reached for %s"
                        .formatted(
                                amount(limit.type(), limit.threshold()),
                                noun(limit.type()),
                                limit.unit().name().toLowerCase(Locale.ROOT),
                                breach.slug().equals("*") ? "all models" : breach.slug());
        if (quota || retryAfter.isEmpty()) {
            return Problem.of(ErrorCode.INSUFFICIENT_QUOTA, text);
        }
        return Problem.of(ErrorCode.RATE_LIMIT_EXCEEDED, text).withRetryAfter(retryAfter.get());
    }

    private static String amount(LimitType type, long threshold) {
        return type == LimitType.COST
                ? new NanoUsd(threshold).toDecimal()
                : Long.toString(threshold);
    }

    private static String noun(LimitType type) {
        return switch (type) {
            case REQUEST -> "requests";
            case TOKEN -> "tokens";
            case COST -> "USD";
        };
    }
}
