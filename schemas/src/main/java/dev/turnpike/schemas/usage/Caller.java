package dev.turnpike.schemas.usage;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;

/**
 * On whose account a request runs.
 *
 * @param groupId the group of the key
 * @param rootGroupId root of its tree; also the partition key of every record about the request
 */
public record Caller(
        GroupId groupId, GroupId rootGroupId, String externalEntityId, KeyPrefix apiKeyPrefix) {}
