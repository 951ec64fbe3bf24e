package dev.turnpike.runtime.http;

import io.helidon.http.Headers;

/** Which envelope of an error the client of a request knows. */
@FunctionalInterface
public interface ProblemFormats {
    /**
     * @param path as it was asked for, without query
     * @param headers those of the request, as far as they could be read
     */
    ProblemFormat of(String path, Headers headers);
}
