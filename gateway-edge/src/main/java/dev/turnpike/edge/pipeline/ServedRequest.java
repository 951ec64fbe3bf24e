package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.estimate.OutputCounter;
import dev.turnpike.edge.estimate.TokenEstimator;
import dev.turnpike.edge.wire.ModelRequest;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamEnd;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.WholeAnswer;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UpstreamAttempt;
import dev.turnpike.schemas.usage.UsageSource;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a running answer, and how it is settled for each way it can end. Used by the
 * request's thread only.
 *
 * <p>What is charged: a completed answer by the provider's count, else by ours; one whose client
 * left by what was generated until then; one that the upstream broke off by its prompt only; one
 * that the upstream never accepted not at all. For the last two an endpoint may say otherwise.
 */
final class ServedRequest {
    /** Longest finish reason that is kept. */
    static final int FINISH_REASON_CHARS_MAX = 64;

    private static final int BROKEN_STATUS = 500;

    /** What the end of the answer says of the target. */
    private enum End {
        /** Nothing: its client left, or something here ended it. */
        UNKNOWN,
        WHOLE,
        BROKEN
    }

    private final InboundRequest inbound;
    private final ModelRequest request;
    private final long admissionInput;
    private final TokenEstimator estimator;
    private final FailureCharge onFailure;
    private final InstantSource clock;
    private final List<UpstreamAttempt> attempts = new ArrayList<>(1);
    private @Nullable Provider provider;
    private @Nullable String targetModel;
    private @Nullable UpstreamAttempt promptTaken;
    private @Nullable RawUsage reported;
    private @Nullable String finishReason;
    private @Nullable OutputCounter counter;
    private boolean outputReported = true;
    private @Nullable CircuitBreaker answering;
    private End end = End.UNKNOWN;
    private OptionalLong firstTokenNanos = OptionalLong.empty();
    private long upstreamNanos;

    /**
     * @param admissionInput prompt tokens as they were estimated for admission, perhaps roughly
     * @param onFailure who pays the prompt when an upstream fails
     */
    ServedRequest(
            InboundRequest inbound,
            ModelRequest request,
            long admissionInput,
            TokenEstimator estimator,
            FailureCharge onFailure,
            InstantSource clock) {
        this.inbound = inbound;
        this.request = request;
        this.admissionInput = admissionInput;
        this.estimator = estimator;
        this.onFailure = onFailure;
        this.clock = clock;
    }

    /** Runs since the request came. */
    Stopwatch watch() {
        return inbound.watch();
    }

    /**
     * Notes an attempt at a target.
     *
     * @param status 0 when there was no response
     * @param beganNanos when it began, by {@link #watch}
     */
    void attempted(
            Provider tried, String model, int status, @Nullable String error, long beganNanos) {
        long millis = Stopwatch.millis(watch().nanos() - beganNanos);
        attempts.add(new UpstreamAttempt(tried, model, status, error, millis));
    }

    void accepted(Provider by, String model) {
        provider = by;
        targetModel = model;
    }

    /**
     * Notes that the last attempt took the prompt and failed without the beginning of an answer.
     */
    void promptTaken() {
        promptTaken = attempts.getLast();
    }

    String targetModel() {
        return targetModel == null ? "" : targetModel;
    }

    /** Prompt tokens by vocabulary, for an answer whose provider has not counted. */
    long countedInput() {
        return request.countable() ? estimator.exactInput(request, targetModel()) : 0;
    }

    /** Generated tokens, for an answer whose provider has not counted. */
    long countedOutput(@Nullable OutputCounter output) {
        return output == null || !request.countable()
                ? 0
                : output.counted(estimator, targetModel());
    }

    /** Takes what a whole answer said of itself, and our own count where it said nothing. */
    void take(WholeAnswer answer, OutputCounter output) {
        reported = answer.usage().orElse(null);
        finishReason = answer.finishReason().map(ServedRequest::shortened).orElse(null);
        counter = output;
    }

    /** Takes what a stream said of itself, and our own count. */
    void take(StreamRelay relay, StreamEnd end, OutputCounter output) {
        takeUnfinished(relay, output);
        finishReason = end.finishReason().map(ServedRequest::shortened).orElse(null);
    }

    /** The same of a stream whose end nobody saw. */
    void takeUnfinished(StreamRelay relay, OutputCounter output) {
        reported = relay.usage().orElse(null);
        outputReported = relay.usageIsFinal();
        firstTokenNanos = relay.firstTokenNanos();
        counter = output;
    }

    /** Notes that the attempt that was accepted broke off. */
    void failed(String error) {
        if (!attempts.isEmpty()) {
            var last = attempts.removeLast();
            attempts.add(
                    new UpstreamAttempt(
                            last.provider(),
                            last.targetModel(),
                            last.status(),
                            error,
                            last.latencyMs()));
        }
    }

    /** Notes time that was spent waiting for an upstream. */
    void waited(long nanos) {
        upstreamNanos += nanos;
    }

    /**
     * Milliseconds until now that were not spent waiting for an upstream.
     *
     * @param nanos of {@link #watch} now
     */
    long overheadMillis(long nanos) {
        return Stopwatch.millis(nanos - upstreamNanos);
    }

    /** The answer went through to its end, or the client left before that. */
    Settlement ended(Outcome outcome, int status) {
        end = outcome == Outcome.COMPLETED ? End.WHOLE : End.UNKNOWN;
        var raw = reported;
        if (raw == null && !request.countable()) {
            return settlement(outcome, true, TokenUsage.ZERO, UsageSource.MISSING, null, status);
        }
        if (raw == null) {
            var counted = new TokenUsage(countedInput(), 0, 0, countedOutput(counter), 0);
            return settlement(outcome, true, counted, UsageSource.ESTIMATED, null, status);
        }
        if (!outputReported) {
            return settlement(
                    outcome, true, withOurOutput(raw), UsageSource.ESTIMATED, estimate(), status);
        }
        learn(outcome, raw);
        return settlement(outcome, true, usage(raw), UsageSource.PROVIDER, estimate(), status);
    }

    /** What a provider says of a whole stream tells how far our own count is from its. */
    private void learn(Outcome outcome, RawUsage raw) {
        var output = counter;
        if (outcome == Outcome.COMPLETED && output != null && !raw.suspect()) {
            long shown = raw.completion() - raw.reasoning();
            estimator.calibration().learn(targetModel(), output.tokens(), shown);
        }
    }

    /** The upstream broke off after it had accepted: the prompt is charged, the output is not. */
    Settlement brokenOff(Outcome outcome, int status) {
        end = End.BROKEN;
        return switch (onFailure) {
            case BY_STAGE, PROMPT_ONLY -> promptOnly(outcome, status);
            case NONE -> uncharged(outcome, status);
        };
    }

    /** The same where the target is not to blame: it said more than we pass on. */
    Settlement cutOff(Outcome outcome, int status) {
        var settlement = brokenOff(outcome, status);
        end = End.UNKNOWN;
        return settlement;
    }

    /** We had no room for the answer: nobody pays for it, and the target did what it should. */
    Settlement noRoom(int status) {
        end = End.UNKNOWN;
        return uncharged(Outcome.ABORTED, status);
    }

    private Settlement promptOnly(Outcome outcome, int status) {
        var raw = reported;
        var prompt =
                raw == null
                        ? new TokenUsage(countedInput(), 0, 0, 0, 0)
                        : new TokenUsage(raw.prompt(), raw.cachedRead(), raw.cacheWrite(), 0, 0);
        var source =
                raw != null
                        ? UsageSource.PROVIDER
                        : request.countable() ? UsageSource.ESTIMATED : UsageSource.MISSING;
        return settlement(outcome, true, prompt, source, estimate(), status);
    }

    /** Notes whose target answers; it is to hear how the answer ends. */
    void answering(CircuitBreaker breaker) {
        answering = breaker;
    }

    /** Tells the target that answered how its answer ended. Once. */
    void tellTarget() {
        var breaker = answering;
        if (breaker == null) {
            return;
        }
        switch (end) {
            case WHOLE -> breaker.succeeded();
            case BROKEN -> breaker.failed();
            case UNKNOWN -> breaker.released();
        }
    }

    /** No upstream began to answer: nothing is charged, unless the endpoint says otherwise. */
    Settlement notAccepted(Outcome outcome, int status) {
        return switch (onFailure) {
            case BY_STAGE, NONE -> uncharged(outcome, status);
            case PROMPT_ONLY -> {
                var taken = promptTaken;
                if (taken == null) {
                    yield uncharged(outcome, status);
                }
                accepted(taken.provider(), taken.targetModel());
                yield promptOnly(outcome, status);
            }
        };
    }

    private Settlement uncharged(Outcome outcome, int status) {
        return settlement(outcome, false, TokenUsage.ZERO, UsageSource.MISSING, null, status);
    }

    /**
     * Something of ours broke, or nothing could be written down. Who had a model at work is charged
     * the prompt and what it generated, as after a crash; everybody else nothing.
     */
    Settlement forgotten(long generatedTokens) {
        if (provider == null) {
            return uncharged(Outcome.ABORTED, BROKEN_STATUS);
        }
        var usage = new TokenUsage(admissionInput, 0, 0, generatedTokens, 0);
        return settlement(Outcome.ABORTED, true, usage, UsageSource.ESTIMATED, null, BROKEN_STATUS);
    }

    /** An upstream's word, bounded: a record that Kafka does not take would stop all after it. */
    private static String shortened(String reason) {
        return reason.length() <= FINISH_REASON_CHARS_MAX
                ? reason
                : reason.substring(0, FINISH_REASON_CHARS_MAX);
    }

    private Settlement settlement(
            Outcome outcome,
            boolean charged,
            TokenUsage usage,
            UsageSource source,
            @Nullable TokenUsage estimate,
            int status) {
        var raw = reported;
        return new Settlement(
                outcome,
                charged,
                usage,
                source,
                raw != null && raw.suspect(),
                estimate,
                provider,
                targetModel,
                status,
                finishReason,
                clock.instant(),
                Stopwatch.millis(inbound.watch().nanos()),
                firstTokenNanos.isPresent() ? Stopwatch.millis(firstTokenNanos.getAsLong()) : null,
                attempts);
    }

    /** Our own count beside the provider's, for comparison. */
    private TokenUsage estimate() {
        return new TokenUsage(admissionInput, 0, 0, counter == null ? 0 : counter.tokens(), 0);
    }

    /** The provider counted the prompt and was still counting the output. */
    private TokenUsage withOurOutput(RawUsage raw) {
        long output = Math.max(raw.completion(), countedOutput(counter));
        return new TokenUsage(
                raw.prompt(),
                raw.cachedRead(),
                raw.cacheWrite(),
                output,
                Math.min(raw.reasoning(), output));
    }

    private static TokenUsage usage(RawUsage raw) {
        return new TokenUsage(
                raw.prompt(),
                raw.cachedRead(),
                raw.cacheWrite(),
                raw.completion(),
                raw.reasoning());
    }
}
