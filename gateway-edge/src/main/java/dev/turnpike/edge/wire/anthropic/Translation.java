package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import java.util.List;

/**
 * A request in the words of the other API.
 *
 * @param body JSON
 * @param ignored names of the client's members that the other API has no word for; they were left
 *     out, and the answer is what it would have been without them
 */
public record Translation(ByteSlice body, List<String> ignored) {
    public Translation {
        ignored = List.copyOf(ignored);
    }
}
