package dev.turnpike.schemas.usage;

import org.jspecify.annotations.Nullable;

/**
 * What a client says of a request for whoever looks for it later. Nothing is decided by it.
 *
 * @param requestId the client's own id of the request, printable ASCII, null when it has none
 * @param retries how often its SDK says to have sent the request before
 */
public record ClientTrace(@Nullable String requestId, int retries) {}
