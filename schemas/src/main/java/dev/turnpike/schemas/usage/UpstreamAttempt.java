package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.control.Provider;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a target.
 *
 * @param status HTTP status, 0 when there was no response
 * @param error what went wrong in a few words without secrets, null when nothing did
 * @param latencyMs until the attempt ended or, if it won, until its first byte
 */
public record UpstreamAttempt(
        Provider provider,
        String targetModel,
        int status,
        @Nullable String error,
        long latencyMs) {}
