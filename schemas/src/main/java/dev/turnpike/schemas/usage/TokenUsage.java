package dev.turnpike.schemas.usage;

/**
 * Tokens of one request. All counts are zero or more.
 *
 * @param inputTokens prompt tokens, those in {@code cachedInputTokens} and {@code cacheWriteTokens}
 *     included
 * @param cachedInputTokens prompt tokens read from a cache
 * @param cacheWriteTokens prompt tokens written to a cache
 * @param outputTokens generated tokens, {@code reasoningTokens} included
 * @param reasoningTokens generated tokens that are not shown
 */
public record TokenUsage(
        long inputTokens,
        long cachedInputTokens,
        long cacheWriteTokens,
        long outputTokens,
        long reasoningTokens) {
    public static final TokenUsage ZERO = new TokenUsage(0, 0, 0, 0, 0);

    /**
     * @throws IllegalArgumentException if a count is negative
     */
    public TokenUsage {
        if (inputTokens < 0
                || cachedInputTokens < 0
                || cacheWriteTokens < 0
                || outputTokens < 0
                || reasoningTokens < 0) {
            throw new IllegalArgumentException("negative token count");
        }
    }

    /** What a TOKEN limit counts: input plus output. */
    public long total() {
        return inputTokens + outputTokens;
    }
}
