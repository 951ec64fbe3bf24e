package dev.turnpike.edge.protocol;

import java.util.List;
import java.util.Optional;

/** The headers of a request, names without regard to case. */
@FunctionalInterface
public interface RequestHeaders {
    /** The first value of {@code name} (lower case), without space around it. */
    Optional<String> first(String name);

    /**
     * Every value of {@code name} (lower case) that has a line of its own, in their order, without
     * space around it. Who knows of one only gives that.
     */
    default List<String> all(String name) {
        return first(name).stream().toList();
    }
}
