package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.wire.OutputMeter;

/** Counts generated tokens by our own estimate, as they pass. One thread. */
public interface OutputCounter extends OutputMeter {
    /** Tokens so far. */
    long tokens();
}
