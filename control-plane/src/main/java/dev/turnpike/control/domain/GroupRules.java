package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.UpdateGroup;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.ResourceKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What holds for groups and the limits within a tree. */
final class GroupRules {
    /** Levels of a tree, the root included. */
    static final int LEVELS_MAX = 5;

    private GroupRules() {}

    static Decision create(CreateGroup c, Ask ask, Image image, Bounds bounds) {
        var same = image.group(c.id().value());
        if (same.isPresent()) {
            return Decision.unchanged(same.get());
        }
        if (image.count(Listing.all(ResourceKind.GROUP)) >= bounds.groupsMax()) {
            return Decision.full("An installation", bounds.groupsMax(), "groups");
        }
        if (c.models().isEmpty()) {
            return Decision.reject(Rule.MODELS_EMPTY, "models");
        }
        var broken = LimitRules.check(c.models());
        if (broken.isPresent()) {
            return broken.get();
        }
        var parentId = c.parentGroupId();
        if (parentId == null) {
            return ask.by().unbounded()
                    ? place(c, ask, image, null)
                    : Decision.reject(Rule.PARENT_UNKNOWN, "hierarchy.parent_group_id");
        }
        var parent = ask.by().group(image, parentId.value());
        if (parent.isEmpty()) {
            return Decision.reject(Rule.PARENT_UNKNOWN, "hierarchy.parent_group_id");
        }
        var tree = Listing.treeOf(parent.get().rootGroupId().value());
        return image.count(tree) >= bounds.groupsPerTreeMax()
                ? Decision.reject(Rule.TREE_TOO_LARGE)
                : place(c, ask, image, parent.get());
    }

    private static Decision place(CreateGroup c, Ask ask, Image image, @Nullable Group parent) {
        var asked = c.limitEnforcement();
        var inherited = parent == null ? LimitEnforcement.INDEPENDENT : parent.limitEnforcement();
        var mode = asked == null ? inherited : asked;
        if (parent != null && mode != parent.limitEnforcement()) {
            return Decision.reject(Rule.MODE_DIFFERS, "hierarchy.limit_enforcement");
        }
        if (parent != null && parent.level() >= LEVELS_MAX) {
            return Decision.reject(Rule.TOO_DEEP, "hierarchy.parent_group_id");
        }
        var draft =
                new Group(
                        c.id(),
                        c.externalEntityId(),
                        c.name(),
                        c.models(),
                        List.of(),
                        mode,
                        parent == null ? null : parent.id(),
                        parent == null ? c.id() : parent.rootGroupId(),
                        parent == null ? 1 : parent.level() + 1,
                        ask.at(),
                        ask.at(),
                        1);
        var beyond = SubtreeRules.create(draft, ask, image);
        if (beyond.isPresent()) {
            return beyond.get();
        }
        if (image.groupOfExternalId(c.externalEntityId()).isPresent()) {
            return Decision.reject(Rule.EXTERNAL_ID_TAKEN, "metadata.external_entity_id");
        }
        if (tooMuch(draft, image)) {
            return Decision.reject(Rule.EXCEEDS_PARENT, "models");
        }
        return Decision.one(FactDraft.created(GroupTree.computed(image, draft)));
    }

    static Decision update(UpdateGroup c, Ask ask, Image image) {
        return Decider.existing(
                ask.by().group(image, c.id().value()),
                ask,
                before -> update(c, ask, image, before));
    }

    private static Decision update(UpdateGroup c, Ask ask, Image image, Group before) {
        var models = c.models().orElse(before.models());
        var broken = c.models().flatMap(LimitRules::check);
        if (broken.isPresent()) {
            return broken.get();
        }
        var name = c.name();
        var same = changed(before, name.isPresent() ? name.get().to() : before.name(), models);
        var beyond =
                c.models().isPresent()
                        ? SubtreeRules.update(same, ask, image)
                        : SubtreeRules.change(same, ask);
        if (beyond.isPresent()) {
            return beyond.get();
        }
        if (c.models().isPresent() && tooMuch(same, image)) {
            return Decision.reject(Rule.EXCEEDS_PARENT, "models");
        }
        if (same.equals(before)) {
            return Decision.unchanged(before);
        }
        return Decision.one(
                FactDraft.updated(before, GroupTree.computed(image, stamped(same, ask))));
    }

    /** Whether a cascading limit is above an ancestor's or below a descendant's. */
    private static boolean tooMuch(Group group, Image image) {
        if (group.limitEnforcement() != LimitEnforcement.CASCADING) {
            return false;
        }
        var models = group.models();
        boolean aboveAncestor =
                GroupTree.path(image, group).stream()
                        .skip(1)
                        .anyMatch(ancestor -> GroupTree.exceeds(models, ancestor.models()));
        return aboveAncestor
                || GroupTree.descendants(image, group).stream()
                        .anyMatch(descendant -> GroupTree.exceeds(descendant.models(), models));
    }

    private static Group changed(Group group, @Nullable String name, List<ModelAccess> models) {
        return new Group(
                group.id(),
                group.externalEntityId(),
                name,
                models,
                group.effectiveModels(),
                group.limitEnforcement(),
                group.parentGroupId(),
                group.rootGroupId(),
                group.level(),
                group.createdAt(),
                group.updatedAt(),
                group.version());
    }

    private static Group stamped(Group group, Ask ask) {
        return new Group(
                group.id(),
                group.externalEntityId(),
                group.name(),
                group.models(),
                group.effectiveModels(),
                group.limitEnforcement(),
                group.parentGroupId(),
                group.rootGroupId(),
                group.level(),
                group.createdAt(),
                ask.at(),
                group.version() + 1);
    }
}
