package dev.turnpike.edge.upstream;

import dev.turnpike.edge.upstream.UpstreamFault.BadResponse;
import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.ResetBeforeFirstByte;
import dev.turnpike.edge.upstream.UpstreamFault.ResetMidBody;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.runtime.lifecycle.Turn;
import java.io.IOException;
import java.net.SocketTimeoutException;

/** Sends one request on one connection and reads the head of its final response. */
final class Exchange {
    /** Requests up to this size fit the send buffer of an idle connection, so they cannot block. */
    static final int UNWATCHED_BYTES_MAX = 16 * 1024;

    private final Connection connection;
    private final Limits limits;
    private final CallTimer timer;
    private final Patience patience;
    private boolean sentWhole = true;

    Exchange(Connection connection, Limits limits, CallTimer timer, Patience patience) {
        this.connection = connection;
        this.limits = limits;
        this.timer = timer;
        this.patience = patience;
    }

    /**
     * @param request to be sent now: the timer is at the beginning of that
     * @return the final response's head; its body follows on the connection
     */
    ResponseHeadParser.Head run(UpstreamRequest request, Watchdog watchdog)
            throws UpstreamFaultException {
        try {
            send(request, watchdog);
        } catch (UpstreamFaultException e) {
            throw e;
        } catch (IOException e) {
            return answerToUnfinishedRequest(e);
        }
        Turn.giveWay(); // A quick upstream has answered by then.
        return finalHead();
    }

    /** Whether the upstream has heard all of the request; else no other can follow it. */
    boolean sentWhole() {
        return sentWhole;
    }

    private void send(UpstreamRequest request, Watchdog watchdog) throws IOException {
        if (!request.body().repeatable()) {
            var writer = new RequestWriter(connection, timer);
            writer.write(request);
            sentWhole = writer.whole();
            return;
        }
        var writer = new RequestWriter(connection, null);
        if (request.body().length() <= UNWATCHED_BYTES_MAX / 2) {
            writer.write(request);
            return;
        }
        try (var guard = watchdog.arm(connection::abort, timer.left(Stage.SEND))) {
            try {
                writer.write(request);
            } catch (IOException e) {
                if (guard.fired()) {
                    throw timer.timedOut(Stage.SEND);
                }
                throw e;
            }
        }
    }

    /** An upstream may answer (413, say) and close before it has read all of the request. */
    private ResponseHeadParser.Head answerToUnfinishedRequest(IOException broken)
            throws UpstreamFaultException {
        if (Thread.currentThread().isInterrupted()) {
            throw new UpstreamFaultException(new Cancelled());
        }
        sentWhole = false;
        try {
            return finalHead();
        } catch (UpstreamFaultException e) {
            throw e.fault() instanceof ResetMidBody
                    ? new UpstreamFaultException(new ResetBeforeFirstByte(text(broken)))
                    : e;
        }
    }

    private ResponseHeadParser.Head finalHead() throws UpstreamFaultException {
        long deadline = timer.begin(Stage.FIRST_BYTE);
        for (int skipped = 0; skipped <= limits.informationalMax(); skipped++) {
            var head = oneHead(deadline);
            if (head.status() == 101) {
                throw bad("protocol switch that nobody asked for");
            }
            if (head.status() >= 200) {
                return head;
            }
        }
        throw bad("too many informational responses");
    }

    private ResponseHeadParser.Head oneHead(long deadline) throws UpstreamFaultException {
        int scanned = 0;
        while (true) {
            int from = connection.position();
            int to = connection.limit();
            int end = ResponseHeadParser.end(connection.buffer(), from, from + scanned, to);
            if (end - from > limits.headBytesMax() || (to - from > 0 && notHttp(from))) {
                throw bad(end < 0 ? "not an HTTP/1 response" : "head too long");
            }
            if (end >= 0) {
                var head =
                        ResponseHeadParser.parse(
                                connection.buffer(), from, end, limits.headersMax());
                connection.skip(end - from);
                return head;
            }
            scanned = to - from;
            // One that comes in drops is never silent for long, but late all the same.
            more(scanned == 0, scanned == 0 ? deadline : timer.deadline(Stage.FIRST_BYTE));
        }
    }

    /** Notices at once that something else than HTTP answers, rather than at the deadline. */
    private boolean notHttp(int from) {
        return connection.buffer()[from] != 'H';
    }

    private void more(boolean nothingYet, long deadline) throws UpstreamFaultException {
        int count;
        try {
            count = connection.fill(deadline, patience, limits.headBytesMax());
        } catch (UpstreamFaultException e) {
            throw e;
        } catch (SocketTimeoutException e) {
            timer.left(Stage.FIRST_BYTE);
            throw timer.timedOut(Stage.FIRST_BYTE);
        } catch (Connection.UnwantedException e) {
            throw new UpstreamFaultException(new Cancelled());
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UpstreamFaultException(new Cancelled());
            }
            throw reset(nothingYet, text(e));
        }
        if (count == 0) {
            throw bad("head too long");
        }
        if (count < 0) {
            throw reset(nothingYet, "closed by the upstream");
        }
    }

    private static UpstreamFaultException reset(boolean nothingYet, String reason) {
        return new UpstreamFaultException(
                nothingYet ? new ResetBeforeFirstByte(reason) : new ResetMidBody(reason));
    }

    private static UpstreamFaultException bad(String reason) {
        return new UpstreamFaultException(new BadResponse(reason));
    }

    private static String text(IOException e) {
        return String.valueOf(e.getMessage());
    }
}
