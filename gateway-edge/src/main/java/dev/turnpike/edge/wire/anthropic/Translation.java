package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.Dispensable;
import java.util.List;
import java.util.Set;

/**
 * A request in the words of the other API.
 *
 * @param body JSON
 * @param ignored names of the client's members that the other API has no word for; they were left
 *     out, and the answer is what it would have been without them
 * @param dispensable what was said although not everybody understands it
 */
public record Translation(ByteSlice body, List<String> ignored, Set<Dispensable> dispensable) {
    public Translation {
        ignored = List.copyOf(ignored);
        dispensable = Set.copyOf(dispensable);
    }

    /** One that says nothing but what everybody understands. */
    public Translation(ByteSlice body, List<String> ignored) {
        this(body, ignored, Set.of());
    }
}
