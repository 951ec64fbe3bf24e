package dev.turnpike.edge.pipeline;

import java.time.Duration;

/**
 * Whether a client is still there while there is nothing to send to it. It is looked for when its
 * upstream is silent, and also when that talks and nothing of it is for the client. One thread.
 */
final class Presence {
    /** How often is looked; a client that left is noticed within two looks. */
    static final Duration LOOK_EVERY = Duration.ofMillis(400);

    private long lookAt;

    /**
     * @param now of a clock in nanoseconds, here and everywhere
     */
    Presence(long now) {
        told(now);
    }

    /** The client was sent something, which finds out by itself. */
    void told(long now) {
        lookAt = now + LOOK_EVERY.toNanos();
    }

    /** Whether it has been told nothing, and not been looked for, for {@link #LOOK_EVERY}. */
    boolean due(long now) {
        boolean due = now - lookAt >= 0;
        if (due) {
            told(now);
        }
        return due;
    }

    /**
     * @throws ClientGoneException if the client has left
     */
    static void require(ClientReply reply) throws ClientGoneException {
        if (!reply.present()) {
            throw Audience.gone();
        }
    }
}
