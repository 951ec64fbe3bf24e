package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.id.GroupId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Walks up and down a tree of groups. */
public final class GroupTree {
    private GroupTree() {}

    /**
     * The group and its ancestors, nearest first.
     *
     * @throws IllegalStateException if an ancestor is missing: the log is corrupt
     */
    static List<Group> path(Image image, Group group) {
        var path = new ArrayList<Group>();
        path.add(group);
        for (var next = group.parentGroupId(); next != null; ) {
            var id = next.value();
            var parent =
                    image.group(id)
                            .orElseThrow(() -> new IllegalStateException("no ancestor " + id));
            path.add(parent);
            next = parent.parentGroupId();
        }
        return path;
    }

    /** Whether the group is {@code top} or stands below it. */
    public static boolean within(Image image, Group group, GroupId top) {
        return path(image, group).stream().anyMatch(one -> one.id().equals(top));
    }

    /** The parent of a group; empty for a root and for a group that does not exist. */
    public static Optional<GroupId> parent(Image image, GroupId id) {
        return image.group(id.value()).map(Group::parentGroupId);
    }

    /** The groups between the root of the tree and the group, from the top. */
    public static List<GroupId> between(Image image, Group group) {
        var path = path(image, group).stream().map(Group::id).toList().reversed();
        return path.size() <= 2 ? List.of() : path.subList(1, path.size() - 1);
    }

    /** Everything below the group, parents before their children. */
    static List<Group> descendants(Image image, Group group) {
        var found = new ArrayList<Group>();
        var queue = new ArrayDeque<Group>();
        queue.add(group);
        for (var next = queue.poll(); next != null; next = queue.poll()) {
            var children = image.children(next.id());
            found.addAll(children);
            queue.addAll(children);
        }
        return found;
    }

    /** The same group with other effective models. */
    static Group withEffective(Group group, List<EffectiveModel> effective) {
        return new Group(
                group.id(),
                group.externalEntityId(),
                group.name(),
                group.models(),
                effective,
                group.limitEnforcement(),
                group.parentGroupId(),
                group.rootGroupId(),
                group.level(),
                group.createdAt(),
                group.updatedAt(),
                group.version());
    }

    /** The group as it should be stored: effective models computed against its ancestors. */
    static Group computed(Image image, Group group) {
        return withEffective(group, EffectiveModels.of(path(image, group)));
    }

    /** Whether {@code below} allows more than {@code above} for the same slug, type and unit. */
    static boolean exceeds(List<ModelAccess> below, List<ModelAccess> above) {
        return below.stream()
                .anyMatch(child ->
                        above.stream()
                                .anyMatch(parent ->
                                        child.slug().equals(parent.slug())
                                                && exceeds(child, parent)));
    }

    private static boolean exceeds(ModelAccess child, ModelAccess parent) {
        return LimitRules.all(child)
                .anyMatch(own ->
                        LimitRules.all(parent)
                                .anyMatch(limit ->
                                        own.type() == limit.type()
                                                && own.unit() == limit.unit()
                                                && own.threshold() > limit.threshold()));
    }
}
