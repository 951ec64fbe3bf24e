package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.limit.EffectiveLimit;
import java.time.Instant;

/**
 * The limit that refused a request, as it stood.
 *
 * @param slug the slug of the limit, or {@code *}
 * @param used settled use in the interval
 * @param reserved set aside for running requests
 * @param needed what the request asked for
 * @param windowStart when the interval began
 * @param windowEnd when enough of it has passed, or the calendar window ends
 */
public record LimitBreach(
        String slug,
        EffectiveLimit limit,
        long used,
        long reserved,
        long needed,
        Instant windowStart,
        Instant windowEnd) {}
