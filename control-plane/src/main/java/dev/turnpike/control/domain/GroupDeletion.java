package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.DeleteGroup;
import dev.turnpike.schemas.control.Group;
import java.util.ArrayList;
import java.util.List;

/** Deletes a group with everything below it: keys before their group, children before parents. */
final class GroupDeletion {
    private GroupDeletion() {}

    static Decision delete(DeleteGroup c, Ask ask, Image image, Bounds bounds) {
        return Decider.existing(
                image.group(c.id().value()), ask, group -> delete(group, image, bounds));
    }

    private static Decision delete(Group group, Image image, Bounds bounds) {
        var groups = new ArrayList<Group>();
        groups.add(group);
        groups.addAll(GroupTree.descendants(image, group));
        long size = groups.size();
        for (var one : groups) {
            size += image.count(Listing.keysOf(one.id().value()));
        }
        if (size > bounds.deletionFactsMax()) {
            return Decision.reject(Rule.DELETION_TOO_LARGE);
        }
        return new Decision.Accepted(facts(groups.reversed(), image), group);
    }

    private static List<FactDraft> facts(List<Group> bottomUp, Image image) {
        var facts = new ArrayList<FactDraft>();
        for (var group : bottomUp) {
            image.list(Listing.keysOf(group.id().value()), null)
                    .map(FactDraft::revoked)
                    .forEach(facts::add);
            facts.add(FactDraft.deleted(group));
        }
        return facts;
    }
}
