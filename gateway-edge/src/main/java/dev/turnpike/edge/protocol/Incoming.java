package dev.turnpike.edge.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a protocol sees of a client's request.
 *
 * @param body read whole; shared, and must not change
 * @param headers of the client; its credentials must not be passed on
 * @param query the part of the URL behind the question mark, still encoded; empty when there is
 *     none
 * @param pathModel the model that the URL names, which then counts instead of the body's
 */
public record Incoming(
        byte[] body, RequestHeaders headers, String query, @Nullable String pathModel) {
    /** The lengths only: the bytes may be a prompt. */
    @Override
    public String toString() {
        return "Incoming[" + body.length + " bytes]";
    }
}
