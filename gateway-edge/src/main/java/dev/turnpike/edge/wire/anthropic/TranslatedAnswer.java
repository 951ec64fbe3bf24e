package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.List;
import java.util.Optional;

/**
 * A whole answer in the words of the other API.
 *
 * @param usage what the upstream reported
 * @param finishReason in the client's vocabulary
 * @param failed whether this is an error although the status said otherwise
 */
record TranslatedAnswer(
        Optional<RawUsage> usage,
        Optional<String> finishReason,
        boolean failed,
        List<ByteSlice> body)
        implements WholeAnswer {
    /** An error where an answer should be; what it says is not shown. */
    static final TranslatedAnswer FAILED =
            new TranslatedAnswer(Optional.empty(), Optional.empty(), true, List.of());
}
