package dev.turnpike.edge.upstream;

import java.time.Duration;

/**
 * An answer being read. One thread reads; {@link #close} may be called from any thread and aborts a
 * read in progress.
 */
public interface UpstreamCall extends AutoCloseable {
    /** What {@link #read(byte[], int, int, Duration)} returns when its slice passed in silence. */
    int SILENT = 0;

    /** Status code of the final response, 200..599. */
    int status();

    /** Headers of the final response. */
    ResponseHeaders headers();

    /** Bytes of the body that are still to come, or -1 when that is not known. */
    default long bytesLeft() {
        return -1;
    }

    /**
     * Reads at least one byte of the body, with its transfer coding removed.
     *
     * @param length at least 1
     * @return the number of bytes read, or -1 at the body's proper end
     * @throws UpstreamFaultException if the body was cut, broke HTTP, missed a deadline, or the
     *     call was closed
     */
    int read(byte[] buffer, int offset, int length) throws UpstreamFaultException;

    /**
     * Like the other read, but comes back with {@link #SILENT} after {@code slice} without a byte.
     * Nothing is lost by that; the next read goes on. Silence adds up towards the idle deadline.
     */
    int read(byte[] buffer, int offset, int length, Duration slice) throws UpstreamFaultException;

    /** Whether the body was read to its proper end. */
    boolean bodyComplete();

    /**
     * Reads and drops what is left of the body, so that the connection can be used again.
     *
     * @param patience how long at most; worth a few milliseconds when the last event was seen
     * @return whether the end was reached; never throws, the call just stays incomplete
     */
    boolean drain(Duration patience);

    /**
     * Gives the connection back if the body was read whole and the upstream lets it live, else
     * closes it, which cancels the upstream's work. Idempotent, any thread.
     */
    @Override
    void close();
}
