package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.pipeline.Answer.Accepted;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.schemas.usage.Outcome;

/** Brings an answer that is neither JSON nor an event stream to the client as it comes: speech. */
final class RelayMedia {
    private static final int BUFFER_BYTES = 16 << 10;

    /**
     * @param type as it is shown to the client
     * @throws ClientGoneException if the client left, or must see that the answer broke off; it is
     *     settled
     */
    void apply(
            MediaType type,
            Accepted answer,
            OpenRequest open,
            ServedRequest served,
            ClientReply reply)
            throws ClientGoneException {
        var upstream = answer.call();
        var out = reply.open(upstream.status(), type.shown());
        try {
            pump(upstream, reply, out);
        } catch (UpstreamFaultException e) {
            served.failed(UpstreamProblems.label(e.fault()));
            var outcome = UpstreamProblems.ofFault(e.fault()).outcome();
            open.settle(served.brokenOff(outcome, upstream.status()));
            throw new ClientGoneException(e); // A body that does not end is all one can say.
        } catch (ClientGoneException e) {
            upstream.close();
            open.settle(served.ended(Outcome.CLIENT_GONE, upstream.status()));
            throw e;
        }
        open.settle(served.ended(Outcome.COMPLETED, upstream.status()));
        out.end();
    }

    private static void pump(UpstreamCall upstream, ClientReply reply, ClientReply.Stream out)
            throws UpstreamFaultException, ClientGoneException {
        var buffer = new byte[BUFFER_BYTES];
        while (true) {
            int count = upstream.read(buffer, 0, buffer.length, Presence.LOOK_EVERY);
            if (count < 0) {
                return;
            }
            if (count == UpstreamCall.SILENT) {
                Presence.require(reply);
            } else {
                out.write(buffer, 0, count);
                out.flush();
            }
        }
    }
}
