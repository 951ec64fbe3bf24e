package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Counts requests for operators. Names follow OpenTelemetry's {@code gen_ai} conventions where
 * there is one; no label depends on what a client sends. Thread-safe.
 */
public final class RequestMeters {
    private final Map<Outcome, Timer> durations = new EnumMap<>(Outcome.class);
    private final Map<ErrorCode, Counter> problems = new EnumMap<>(ErrorCode.class);
    private final Map<String, Counter> bodyFaults = new HashMap<>();
    private final Timer firstToken;
    private final Counter inputTokens;
    private final Counter outputTokens;
    private final Counter estimated;
    private final Counter suspect;

    public RequestMeters(MeterRegistry registry) {
        for (var outcome : Outcome.values()) {
            durations.put(
                    outcome,
                    Timer.builder("gen_ai.server.request.duration")
                            .tag("outcome", outcome.label())
                            .publishPercentileHistogram()
                            .register(registry));
        }
        for (var code : ErrorCode.values()) {
            problems.put(code, counter(registry, code.code()));
        }
        for (var reason : BodyFaultException.Reason.values()) {
            bodyFaults.put(reason.code(), counter(registry, reason.code()));
        }
        firstToken =
                Timer.builder("gen_ai.server.time_to_first_token")
                        .publishPercentileHistogram()
                        .register(registry);
        inputTokens = registry.counter("gen_ai.server.token.usage", "gen_ai.token.type", "input");
        outputTokens = registry.counter("gen_ai.server.token.usage", "gen_ai.token.type", "output");
        estimated = registry.counter("turnpike.edge.usage.estimated");
        suspect = registry.counter("turnpike.edge.usage.suspect");
    }

    private static Counter counter(MeterRegistry registry, String code) {
        return registry.counter("turnpike.edge.problems", "code", code);
    }

    /** A request ended. */
    void settled(Settlement settlement) {
        var duration = durations.get(settlement.outcome());
        if (duration != null) {
            duration.record(settlement.latencyMs(), TimeUnit.MILLISECONDS);
        }
        var first = settlement.timeToFirstTokenMs();
        if (first != null) {
            firstToken.record(first, TimeUnit.MILLISECONDS);
        }
        inputTokens.increment((double) settlement.usage().inputTokens());
        outputTokens.increment((double) settlement.usage().outputTokens());
        switch (settlement.usageSource()) {
            case ESTIMATED -> estimated.increment();
            case PROVIDER, MISSING -> {}
        }
        if (settlement.usageSuspect()) {
            suspect.increment();
        }
    }

    /**
     * A client was told of a problem. It is counted under the code that was shown where that is one
     * of ours; a provider may make up any.
     */
    void problem(Problem problem) {
        var general = problems.get(problem.code());
        var counter =
                problem.code() == ErrorCode.INVALID_REQUEST
                        ? bodyFaults.getOrDefault(problem.shownCode(), general)
                        : general;
        if (counter != null) {
            counter.increment();
        }
    }
}
