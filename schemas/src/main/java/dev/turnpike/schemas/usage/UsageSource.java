package dev.turnpike.schemas.usage;

import java.util.Locale;

/** Where token counts come from. */
public enum UsageSource {
    /** The provider reported them. */
    PROVIDER,
    /** Counted by us from what passed. */
    ESTIMATED,
    /** Nobody knows; counts are zero. */
    MISSING;

    /** The name in events and APIs: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
