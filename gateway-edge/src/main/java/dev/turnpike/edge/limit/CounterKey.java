package dev.turnpike.edge.limit;

import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;

/** Names a counter, all of its windows together. */
record CounterKey(GroupId group, String slug, LimitType type, LimitUnit unit) {}
