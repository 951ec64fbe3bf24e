package dev.turnpike.schemas.limit;

import dev.turnpike.schemas.id.GroupId;
import java.util.List;

/**
 * A limit that applies to a group, with the group that declares it.
 *
 * @param threshold as in {@link Limit}
 * @param sourceGroup the group whose {@code models} declare the limit
 * @param meteredGroup the group whose counter is charged: the calling group itself in an
 *     INDEPENDENT tree, {@code sourceGroup} in a CASCADING one
 */
public record EffectiveLimit(
        LimitType type, LimitUnit unit, long threshold, GroupId sourceGroup, GroupId meteredGroup) {
    /** The equal limit that names the ids of {@code known} itself, and not equal ones. */
    public EffectiveLimit sharing(List<GroupId> known) {
        return new EffectiveLimit(
                type, unit, threshold, sourceGroup.among(known), meteredGroup.among(known));
    }
}
