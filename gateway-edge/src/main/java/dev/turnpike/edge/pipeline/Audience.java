package dev.turnpike.edge.pipeline;

import java.io.IOException;

/**
 * For whom an answer is read: the client, and once it has left perhaps only the books. Used by the
 * request's thread only.
 */
final class Audience {
    private final ClientReply reply;
    private final Drain drain;
    private final Stopwatch watch;
    private final Presence presence;
    private boolean left;

    Audience(ClientReply reply, Drain drain, Stopwatch watch) {
        this(reply, drain, watch, watch.nanos());
    }

    /**
     * @param now by {@code watch}
     */
    Audience(ClientReply reply, Drain drain, Stopwatch watch, long now) {
        this.reply = reply;
        this.drain = drain;
        this.watch = watch;
        this.presence = new Presence(now);
    }

    /** Whether the client has left by the end of an answer that would be read without it. */
    boolean left() {
        left = left || (!drain.equals(Drain.NEVER) && !reply.present());
        return left;
    }

    /**
     * Asked while the upstream is silent.
     *
     * @throws ClientGoneException if nobody wants the answer any more
     */
    void require() throws ClientGoneException {
        left = left || !reply.present();
        if (left && !drain.goesOn()) {
            throw gone();
        }
    }

    /**
     * Asked while the upstream talks and the client hears nothing of it yet.
     *
     * @throws ClientGoneException as {@link #require}
     */
    void requireNowAndThen() throws ClientGoneException {
        if (presence.due(watch.nanos())) {
            require();
        }
    }

    /** What becomes of the request of a client that has left. */
    static ClientGoneException gone() {
        return new ClientGoneException(new IOException("the client closed its connection"));
    }
}
