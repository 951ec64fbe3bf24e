package dev.turnpike.edge.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The names of headers that we read and write, made once. Thread-safe. */
final class KnownNames {
    /** Names kept; ours are far fewer, but what a provider sends back may name others. */
    private static final int NAMES_MAX = 256;

    private static final ConcurrentMap<String, HeaderName> NAMES = new ConcurrentHashMap<>();

    private KnownNames() {}

    static HeaderName of(String name) {
        var known = NAMES.get(name);
        if (known != null) {
            return known;
        }
        var created = HeaderNames.create(name);
        if (NAMES.size() < NAMES_MAX) {
            NAMES.put(name, created);
        }
        return created;
    }
}
