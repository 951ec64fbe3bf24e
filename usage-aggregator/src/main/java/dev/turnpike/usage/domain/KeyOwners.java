package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;

/**
 * Whose a prefix is: that of a key that was deleted may be taken by a key of another group. Tells
 * it as of a recent moment, no longer than {@link KeyUses#KEPT} ago. Safe for any thread.
 */
@FunctionalInterface
public interface KeyOwners {
    /** What became of the key that {@code group} had under {@code prefix}. */
    Owner of(KeyPrefix prefix, GroupId group);

    /** Who has the prefix. */
    enum Owner {
        /** The key of that group is there, or something that cannot be read. */
        ITSELF,
        /** A key of another group. */
        ANOTHER,
        NOBODY
    }
}
