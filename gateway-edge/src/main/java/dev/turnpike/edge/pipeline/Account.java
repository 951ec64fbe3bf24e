package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.limit.AppliedLimits;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.usage.Caller;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * An API key and its group, and what all requests with that key have in common. As of one point of
 * the control state. Thread-safe.
 */
final class Account {
    private final ApiKey key;
    private final Group group;
    private final Caller caller;

    /** By slugs that the group may call, so there are no more of them than it lists. */
    private final ConcurrentMap<String, AppliedLimits> limits = new ConcurrentHashMap<>(4);

    /**
     * @param groupsBetween what stands between the group and its root, from the top
     */
    Account(ApiKey key, Group group, List<GroupId> groupsBetween) {
        this.key = key;
        this.group = group;
        this.caller =
                new Caller(
                        group.id(),
                        group.rootGroupId(),
                        group.externalEntityId(),
                        key.prefix(),
                        groupsBetween);
    }

    ApiKey key() {
        return key;
    }

    Group group() {
        return group;
    }

    /** On whose account its requests run. */
    Caller caller() {
        return caller;
    }

    /**
     * The limits that its requests for a model meet.
     *
     * @param slug of an endpoint that the group may call
     */
    AppliedLimits limits(String slug) {
        var known = limits.get(slug);
        return known != null
                ? known
                : limits.computeIfAbsent(slug, wanted -> AppliedLimits.of(group, wanted));
    }
}
