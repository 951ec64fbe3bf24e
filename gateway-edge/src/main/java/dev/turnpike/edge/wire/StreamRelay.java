package dev.turnpike.edge.wire;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Relays an event stream: bytes of the upstream in, bytes for the client out, usage recorded on the
 * way.
 *
 * <p>Use: receive into {@link #array} from {@link #offset} up to {@link #room} bytes, then call
 * {@link #relay}; when it says that the stream is over, or the upstream has no more, call one of
 * {@link #conclude} and {@link #abort}, once, record what it returns, and send its tail. One
 * thread.
 */
public interface StreamRelay {
    /** Bytes there is room for at {@link #offset}; when it is 0 the stream has failed. */
    int room();

    /** Where to receive; may change with each {@link #relay}. */
    byte[] array();

    /** From where on to receive. */
    int offset();

    /**
     * Relays what was received.
     *
     * @param count bytes put at {@link #offset}
     * @return whether more is expected; if not, conclude
     * @throws IOException if the sink fails: the client is gone
     */
    boolean relay(int count, RelaySink sink) throws IOException;

    /**
     * Takes account of what was received and did not reach the client, which is gone: it was
     * generated all the same.
     */
    void takeRest();

    /** When the first generated text passed, by the clock given. */
    OptionalLong firstTokenNanos();

    /** The last usage the upstream reported so far. */
    Optional<RawUsage> usage();

    /**
     * Whether {@link #usage} counts all output, or as much as the upstream will ever say. Where the
     * prompt is reported first and the output last, a stream that is left between them is not.
     */
    default boolean usageIsFinal() {
        return true;
    }

    /**
     * The upstream has no more to say.
     *
     * @param cleanEnd whether its body came to a proper end
     */
    StreamEnd conclude(boolean cleanEnd);

    /** Ends the answer with an error: a deadline passed, or the connection broke. */
    StreamEnd abort(ErrorBody shown);

    /** What tells the client of this protocol that the gateway is still there; shared. */
    byte[] keepAlive();
}
