package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Instant;

/**
 * Value of {@code turnpike.keys.used}: when a key was last used.
 *
 * @param groupId the group of the key, which tells two keys apart that had the same prefix
 * @param lastUsedAt when its newest request was admitted or refused, by the edge's clock; a request
 *     may be up to a minute newer than what is said of its key
 */
public record KeyUse(KeyPrefix apiKeyPrefix, GroupId groupId, Instant lastUsedAt) {}
