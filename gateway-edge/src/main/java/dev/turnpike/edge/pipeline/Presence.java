package dev.turnpike.edge.pipeline;

import java.time.Duration;

/** Whether a client is still there while there is nothing to send to it. */
final class Presence {
    /** How often is looked; a client that left is noticed within two looks. */
    static final Duration LOOK_EVERY = Duration.ofMillis(400);

    private Presence() {}

    /**
     * @throws ClientGoneException if the client has left
     */
    static void require(ClientReply reply) throws ClientGoneException {
        if (!reply.present()) {
            throw Audience.gone();
        }
    }
}
