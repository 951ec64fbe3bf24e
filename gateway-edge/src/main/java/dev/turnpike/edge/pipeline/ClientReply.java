package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.wire.RelaySink;

/** The way back to the client. Used by the request's thread only. */
public interface ClientReply {
    /** Sets a header; only before the first byte. */
    void header(String name, String value);

    /**
     * Sends a whole reply.
     *
     * @throws ClientGoneException if the client has left
     */
    void send(int status, String contentType, byte[] body) throws ClientGoneException;

    /**
     * Opens a body sent piece by piece; the head goes out with the first piece.
     *
     * @throws ClientGoneException if the client has left
     */
    Stream open(int status, String contentType) throws ClientGoneException;

    /**
     * Whether the client is still there, as far as can be told without sending anything. Cheap, but
     * to be asked only while there is nothing else to do.
     */
    default boolean present() {
        return true;
    }

    /** A body sent piece by piece. */
    interface Stream extends RelaySink {
        @Override
        void write(byte[] bytes, int offset, int length) throws ClientGoneException;

        /** Pushes out what was written. */
        void flush() throws ClientGoneException;

        /** Ends the body; without it the client sees a broken reply. */
        void end() throws ClientGoneException;
    }
}
