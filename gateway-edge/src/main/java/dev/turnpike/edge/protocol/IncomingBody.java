package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upload.Upload;

/** The body of a client's request. */
public sealed interface IncomingBody {
    /** No body, or one that nobody reads. */
    IncomingBody NONE = new Whole(new byte[0]);

    /**
     * A body that was read whole.
     *
     * @param bytes shared, and must not change
     */
    record Whole(byte[] bytes) implements IncomingBody {
        /** The length only: the bytes may be a prompt. */
        @Override
        public String toString() {
            return "Whole[" + bytes.length + " bytes]";
        }
    }

    /** A body with files, of which nothing has been read. */
    record Files(Upload upload) implements IncomingBody {}
}
