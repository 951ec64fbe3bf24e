package dev.turnpike.control.usage;

import dev.turnpike.schemas.control.ApiKey;

/** When keys were last used, as far as it has been added up. */
@FunctionalInterface
public interface KeyUses {
    /** Of one key; never throws. */
    LastUse of(ApiKey key);
}
