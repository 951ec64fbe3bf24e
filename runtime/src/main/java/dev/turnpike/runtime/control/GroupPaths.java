package dev.turnpike.runtime.control;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.id.GroupId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What stands between groups and the roots of their trees. Every request asks, so what was found is
 * kept and shared by all children of one parent. It holds for ever: a group never gets another
 * parent, and its id is never used again. Thread-safe.
 */
final class GroupPaths {
    /** Levels of a tree that are walked upwards; trees have at most five. */
    private static final int LEVELS_MAX = 8;

    private final Function<GroupId, Optional<Group>> groups;
    private final Cache<GroupId, List<GroupId>> byParent;

    /**
     * @param groups finds a group
     * @param parentsMax parents of which it is kept
     */
    GroupPaths(Function<GroupId, Optional<Group>> groups, int parentsMax) {
        this.groups = groups;
        this.byParent =
                Caffeine.newBuilder().maximumSize(parentsMax).executor(Runnable::run).build();
    }

    /**
     * The groups between the root and {@code group}, from the top; empty when there are none, and
     * when one of them cannot be read.
     */
    List<GroupId> between(Group group) {
        var parent = group.parentGroupId();
        if (parent == null || parent.equals(group.rootGroupId())) {
            return List.of();
        }
        var known = byParent.getIfPresent(parent);
        if (known == null) {
            known = walked(parent, group.rootGroupId());
            if (!known.isEmpty()) {
                byParent.put(parent, known);
            }
        }
        return known;
    }

    private List<GroupId> walked(GroupId parent, GroupId root) {
        var upwards = new ArrayList<GroupId>(LEVELS_MAX);
        var next = Optional.of(parent);
        while (next.isPresent() && !next.get().equals(root)) {
            if (upwards.size() == LEVELS_MAX) {
                return List.of();
            }
            upwards.add(next.get());
            next = groups.apply(next.get()).map(Group::parentGroupId);
        }
        return next.isPresent() ? List.copyOf(upwards.reversed()) : List.of();
    }
}
