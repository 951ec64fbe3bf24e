package dev.turnpike.schemas.limit;

import dev.turnpike.schemas.id.GroupId;

/**
 * A limit that applies to a group, with the group that declares it.
 *
 * @param threshold as in {@link Limit}
 * @param sourceGroup the group whose {@code models} declare the limit
 * @param meteredGroup the group whose counter is charged: the calling group itself in an
 *     INDEPENDENT tree, {@code sourceGroup} in a CASCADING one
 */
public record EffectiveLimit(
        LimitType type,
        LimitUnit unit,
        long threshold,
        GroupId sourceGroup,
        GroupId meteredGroup) {}
