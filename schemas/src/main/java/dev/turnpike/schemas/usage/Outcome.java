package dev.turnpike.schemas.usage;

import java.util.Locale;

/** How a request ended. Every admitted request has exactly one. */
public enum Outcome {
    COMPLETED,
    /** The client left; what was generated until then is charged. */
    CLIENT_GONE,
    UPSTREAM_FAILED,
    TIMED_OUT,
    /**
     * The edge died, and the next start on the same journal closed the request with the best
     * estimate; or it stopped, or something of its own broke, before the answer was whole.
     */
    ABORTED,
    /** Refused by us; charged nothing. */
    REFUSED;

    /** The name in events and APIs: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
