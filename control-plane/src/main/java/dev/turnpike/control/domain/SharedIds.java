package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.id.GroupId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the keys and limits of a group hold the one id of their group, and not an equal one each. An
 * id takes 90 bytes, a key names two, and there may be a million keys.
 */
final class SharedIds {
    private SharedIds() {}

    /** The equal resource that shares what {@code image} has already. */
    static Resource of(Resource resource, Image image) {
        if (resource instanceof ApiKey key) {
            var group = image.group(key.groupId().value());
            return group.isPresent() ? in(group.get(), key) : key;
        }
        if (resource instanceof Group group) {
            return group.sharing(known(group, image));
        }
        return resource; // There are few of any other kind.
    }

    private static ApiKey in(Group group, ApiKey key) {
        return new ApiKey(
                key.prefix(),
                group.id(),
                group.rootGroupId(),
                key.name(),
                key.hash(),
                key.pepperVersion(),
                key.createdAt(),
                key.expiresAt(),
                key.models(),
                key.allowedAddresses(),
                key.allowedTimes(),
                key.registeredUnder());
    }

    /** The ids that a group may name: its own and those above it. */
    private static List<GroupId> known(Group group, Image image) {
        var ids = new ArrayList<GroupId>(GroupRules.LEVELS_MAX);
        ids.add(group.id());
        var above = above(group, image);
        while (above != null && ids.size() < GroupRules.LEVELS_MAX) {
            ids.add(above.id());
            above = above(above, image);
        }
        return ids;
    }

    private static @Nullable Group above(Group group, Image image) {
        var parent = group.parentGroupId();
        return parent == null ? null : image.group(parent.value()).orElse(null);
    }
}
