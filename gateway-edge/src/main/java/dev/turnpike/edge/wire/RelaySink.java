package dev.turnpike.edge.wire;

import java.io.IOException;

/** Where relayed bytes go. The array is reused after the call: write or copy it at once. */
@FunctionalInterface
public interface RelaySink {
    /**
     * @throws IOException if the client is gone
     */
    void write(byte[] bytes, int offset, int length) throws IOException;
}
