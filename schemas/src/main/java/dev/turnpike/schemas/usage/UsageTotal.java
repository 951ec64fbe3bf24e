package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.util.Map;

/**
 * Value of {@code turnpike.usage.totals}: what one counter holds.
 *
 * @param window {@link LimitUnit#window}
 * @param used settled use of all streams
 * @param reserved set aside by requests that are still running
 * @param contributions used plus reserved by stream that admitted, so that an edge can replace its
 *     own part by what it knows itself
 */
public record UsageTotal(
        GroupId groupId,
        String slug,
        LimitType type,
        LimitUnit unit,
        long window,
        long used,
        long reserved,
        Map<String, Long> contributions) {
    public UsageTotal {
        contributions = Map.copyOf(contributions);
    }
}
