package dev.turnpike.edge.pipeline;

import dev.turnpike.schemas.id.RequestId;
import java.net.InetAddress;
import java.time.Instant;

/**
 * A request as it arrived, its body read whole.
 *
 * @param receivedAt when its last byte had come, by the edge's clock
 * @param watch started at the same moment
 * @param clientAddress where it came from
 * @param body at most the listener's bound
 */
public record InboundRequest(
        RequestId id,
        Instant receivedAt,
        Stopwatch watch,
        InetAddress clientAddress,
        RequestHeaders headers,
        byte[] body) {
    /** Names the request; the body may be a prompt. */
    @Override
    public String toString() {
        return "InboundRequest[" + id + "]";
    }
}
