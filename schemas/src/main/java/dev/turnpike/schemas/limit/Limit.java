package dev.turnpike.schemas.limit;

/**
 * A limit as an operator wrote it.
 *
 * @param threshold most that may be used in the interval: requests, tokens, or nano-dollars for
 *     {@link LimitType#COST}; 0 refuses everything
 */
public record Limit(LimitType type, LimitUnit unit, long threshold) {
    /**
     * @throws IllegalArgumentException if {@code threshold} is negative
     */
    public Limit {
        if (threshold < 0) {
            throw new IllegalArgumentException("negative threshold: " + threshold);
        }
    }
}
