package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * On whose account a request runs.
 *
 * @param groupId the group of the key
 * @param rootGroupId root of its tree; also the partition key of every record about the request
 * @param groupsBetween the groups between root and group when the request came, from the top; empty
 *     when there are none and in records of older releases
 */
public record Caller(
        GroupId groupId,
        GroupId rootGroupId,
        String externalEntityId,
        KeyPrefix apiKeyPrefix,
        List<GroupId> groupsBetween) {
    /** Levels of a tree that are walked upwards; trees have at most five. */
    private static final int LEVELS_MAX = 8;

    public Caller {
        groupsBetween = List.copyOf(groupsBetween);
    }

    /** A root, or a group right below one. */
    public Caller(
            GroupId groupId, GroupId rootGroupId, String externalEntityId, KeyPrefix apiKeyPrefix) {
        this(groupId, rootGroupId, externalEntityId, apiKeyPrefix, List.of());
    }

    /**
     * Whether the group is one of {@code groups} or stands below one of them. It does not matter
     * what was deleted since, except for records of older releases.
     *
     * @param parentOf the parent of a group as it is now, for a record that names no group between;
     *     empty for a root and for a group that is not known
     */
    public boolean within(
            Collection<GroupId> groups, Function<GroupId, Optional<GroupId>> parentOf) {
        if (groups.contains(groupId) || groups.contains(rootGroupId)) {
            return true;
        }
        return groupsBetween.isEmpty()
                ? belowNow(groups, parentOf)
                : groupsBetween.stream().anyMatch(groups::contains);
    }

    private boolean belowNow(
            Collection<GroupId> groups, Function<GroupId, Optional<GroupId>> parentOf) {
        var above =
                groupId.equals(rootGroupId) ? Optional.<GroupId>empty() : parentOf.apply(groupId);
        for (int level = 1; level < LEVELS_MAX && above.isPresent(); level++) {
            if (groups.contains(above.get())) {
                return true;
            }
            above = parentOf.apply(above.get());
        }
        return false;
    }
}
