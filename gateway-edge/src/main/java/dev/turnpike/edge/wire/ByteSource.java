package dev.turnpike.edge.wire;

import java.io.IOException;

/** Where the bytes of a body come from, in order. One thread. */
@FunctionalInterface
public interface ByteSource {
    /**
     * Reads at least one byte.
     *
     * @return the number of bytes read, or -1 at the body's proper end
     * @throws IOException if the body broke off
     */
    int read(byte[] buffer, int offset, int length) throws IOException;
}
