package dev.turnpike.edge.limit;

import java.util.Optional;

/**
 * What a client may know about its limits.
 *
 * @param requests the request limit with the least left; empty when there is none
 * @param tokens the token limit with the least left; empty when there is none
 */
public record RateLimitView(Optional<Headroom> requests, Optional<Headroom> tokens) {
    /** No limit applies. */
    public static final RateLimitView NONE = new RateLimitView(Optional.empty(), Optional.empty());

    /**
     * One limit.
     *
     * @param limit the threshold
     * @param remaining what may still be taken now, zero or more
     * @param resetMillis time until it is full again if nothing more is taken; zero when it is full
     */
    public record Headroom(long limit, long remaining, long resetMillis) {}
}
