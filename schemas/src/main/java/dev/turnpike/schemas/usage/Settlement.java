package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.control.Provider;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an admitted request ended and what it used.
 *
 * @param charged whether it is billed: false when the upstream never accepted it
 * @param usageSuspect whether the provider's counts were impossible and were clamped
 * @param estimatedUsage our own count when it was made, for comparison
 * @param provider the provider that answered, null when none did
 * @param targetModel the model name sent upstream, null when none was
 * @param status HTTP status the client got, 0 when it left before
 * @param finishReason as the client saw it, null when there was none
 * @param endedAt when the last byte was ready, by the edge's clock
 * @param latencyMs from the last request byte to {@code endedAt}
 * @param timeToFirstTokenMs null when no token came
 * @param attempts every attempt at a target, in order
 */
public record Settlement(
        Outcome outcome,
        boolean charged,
        TokenUsage usage,
        UsageSource usageSource,
        boolean usageSuspect,
        @Nullable TokenUsage estimatedUsage,
        @Nullable Provider provider,
        @Nullable String targetModel,
        int status,
        @Nullable String finishReason,
        Instant endedAt,
        long latencyMs,
        @Nullable Long timeToFirstTokenMs,
        List<UpstreamAttempt> attempts) {
    public Settlement {
        attempts = List.copyOf(attempts);
    }
}
