package dev.turnpike.edge.protocol;

import java.util.Optional;

/** The headers of a request, names without regard to case. */
@FunctionalInterface
public interface RequestHeaders {
    /** The first value of {@code name} (lower case), without space around it. */
    Optional<String> first(String name);
}
