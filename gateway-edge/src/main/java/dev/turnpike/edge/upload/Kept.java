package dev.turnpike.edge.upload;

import dev.turnpike.edge.wire.ByteSlice;
import java.io.IOException;

/** What is kept of a body, from its beginning on: in memory, or on disk. One thread. */
sealed interface Kept permits Kept.InMemory, Spool {
    /** Bytes kept. */
    long length();

    /**
     * Some of the bytes from {@code from} on, at least one and none at {@code to} or behind it;
     * valid until it is asked again.
     */
    ByteSlice some(long from, long to) throws IOException;

    /** A beginning in memory. */
    record InMemory(byte[] bytes) implements Kept {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public ByteSlice some(long from, long to) {
            return new ByteSlice(bytes, (int) from, (int) (to - from));
        }

        /** The length only: the bytes may be a prompt. */
        @Override
        public String toString() {
            return "InMemory[" + bytes.length + " bytes]";
        }
    }
}
