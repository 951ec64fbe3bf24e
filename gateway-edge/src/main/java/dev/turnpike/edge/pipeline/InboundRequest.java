package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.protocol.Incoming;
import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.protocol.RequestHeaders;
import dev.turnpike.schemas.id.RequestId;
import java.net.InetAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request as it arrived.
 *
 * @param receivedAt when its last byte had come, or its first one of a body with files, by the
 *     edge's clock
 * @param watch started at the same moment
 * @param clientAddress where it came from
 * @param query of its URL, still encoded; empty when there is none
 * @param pathModel the model its URL names
 * @param body read whole, or still to be read
 */
public record InboundRequest(
        RequestId id,
        Instant receivedAt,
        Stopwatch watch,
        InetAddress clientAddress,
        RequestHeaders headers,
        String query,
        @Nullable String pathModel,
        IncomingBody body) {
    /**
     * The same, whose body has come since.
     *
     * @param at when, by the edge's clock
     * @param since started at that moment
     */
    public InboundRequest with(IncomingBody come, Instant at, Stopwatch since) {
        return new InboundRequest(id, at, since, clientAddress, headers, query, pathModel, come);
    }

    /** What a protocol reads of it. */
    Incoming incoming() {
        return new Incoming(body, headers, query, pathModel);
    }

    /** Names the request; the body may be a prompt. */
    @Override
    public String toString() {
        return "InboundRequest[" + id + "]";
    }
}
