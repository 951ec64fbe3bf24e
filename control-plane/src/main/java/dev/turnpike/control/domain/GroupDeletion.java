package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.DeleteGroup;
import dev.turnpike.schemas.control.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Deletes a group with everything below it, management keys that are bound there included: keys
 * before their group, children before parents.
 */
final class GroupDeletion {
    private GroupDeletion() {}

    static Decision delete(DeleteGroup c, Ask ask, Image image, Bounds bounds) {
        return Decider.existing(
                ask.by().group(image, c.id().value()),
                ask,
                group ->
                        SubtreeRules.change(group, ask)
                                .orElseGet(() -> delete(group, image, bounds)));
    }

    private static Decision delete(Group group, Image image, Bounds bounds) {
        var groups = new ArrayList<Group>();
        groups.add(group);
        groups.addAll(GroupTree.descendants(image, group));
        long size = groups.size();
        for (var one : groups) {
            size += image.count(Listing.keysOf(one.id().value()));
            size += image.count(Listing.managementKeysOf(one.id().value()));
        }
        if (size > bounds.deletionFactsMax()) {
            return Decision.reject(Rule.DELETION_TOO_LARGE);
        }
        return new Decision.Accepted(facts(groups.reversed(), image), group);
    }

    private static List<FactDraft> facts(List<Group> bottomUp, Image image) {
        var facts = new ArrayList<FactDraft>();
        for (var group : bottomUp) {
            var id = group.id().value();
            Stream.of(Listing.keysOf(id), Listing.managementKeysOf(id))
                    .flatMap(keys -> image.list(keys, null))
                    .map(FactDraft::revoked)
                    .forEach(facts::add);
            facts.add(FactDraft.deleted(group));
        }
        return facts;
    }
}
