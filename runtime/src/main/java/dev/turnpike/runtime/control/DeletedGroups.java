package dev.turnpike.runtime.control;

import dev.turnpike.schemas.id.GroupId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Under what the groups stood that were deleted last: a request may end, and be billed, after its
 * group is gone. Records say so themselves by now, so this is for those of older releases. Kept in
 * memory, so it begins empty with each start. Thread-safe.
 */
final class DeletedGroups {
    /** Groups remembered; of more the ones that were deleted first are forgotten. */
    static final int KEPT_MAX = 20_000;

    private final Map<GroupId, GroupId> parents =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<GroupId, GroupId> eldest) {
                    return size() > KEPT_MAX;
                }
            };

    synchronized void deleted(GroupId group, GroupId parent) {
        parents.put(group, parent);
    }

    synchronized Optional<GroupId> parentOf(GroupId group) {
        return Optional.ofNullable(parents.get(group));
    }
}
