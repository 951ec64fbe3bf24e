package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.id.DecisionId;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was refused.
 *
 * @param status HTTP status
 * @param code stable error code, as in the reply
 * @param limit the limit that refused it, null when none did
 * @param retryAfterMs when the same request may pass, null when waiting does not help
 */
public record Decision(
        DecisionId id,
        int status,
        String code,
        @Nullable LimitBreach limit,
        @Nullable Long retryAfterMs) {}
