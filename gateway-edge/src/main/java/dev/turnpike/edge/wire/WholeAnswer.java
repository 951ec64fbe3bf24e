package dev.turnpike.edge.wire;

import java.util.List;
import java.util.Optional;

/** An answer that came whole: what it says of itself, and how the client gets it. */
public interface WholeAnswer {
    /** What the upstream reported. */
    Optional<RawUsage> usage();

    /** Finish reason of the last choice. */
    Optional<String> finishReason();

    /** Whether this is an error although the status said otherwise. */
    boolean failed();

    /**
     * Whether the answer tells its failure itself, as its route has it: then the client gets it
     * like any other.
     */
    default boolean tellsFailure() {
        return false;
    }

    /** The body for the client, JSON. */
    List<ByteSlice> body();
}
