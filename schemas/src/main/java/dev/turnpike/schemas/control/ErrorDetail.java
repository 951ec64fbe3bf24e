package dev.turnpike.schemas.control;

/** How much of the errors of its targets an endpoint shows to clients. */
public enum ErrorDetail {
    /**
     * The provider's words where they are about the client's own body (400, 413, 422), cleaned of
     * what would betray the provider or our account.
     */
    PROVIDER,

    /** Our own sentence for each status, whatever the provider said. */
    GENERIC
}
