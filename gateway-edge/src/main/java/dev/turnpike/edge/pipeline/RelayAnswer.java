package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.estimate.OutputCounter;
import dev.turnpike.edge.pipeline.Answer.Accepted;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.WholeAnswer;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.Settlement;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings an accepted answer to the client and settles it before its last byte goes out. The reader
 * of the upstream owns the usage; the client is only one who listens.
 */
final class RelayAnswer {
    /** Largest answer of what only counts, or reads what is stored. */
    static final int REPLY_BYTES_MAX = LargeAnswers.SMALL_MAX;

    private static final int REPLY_BYTES_FIRST = 8 << 10;

    /** An answer that says to have so many bytes gets room for them before they have come. */
    private static final int REPLY_BYTES_BELIEVED = 64 << 10;

    private static final String JSON = "application/json";

    private final RelayStream stream = new RelayStream();
    private final RelayMedia media = new RelayMedia();
    private final LargeAnswers large;
    private final String receiptHeader;

    RelayAnswer(String headerPrefix, LargeAnswers large) {
        this.large = large;
        this.receiptHeader = headerPrefix + "-Receipt";
    }

    /**
     * @throws ProblemException if the answer is unusable; it is settled
     * @throws ClientGoneException if the client left; it is settled
     */
    void apply(Accepted answer, OpenRequest open, ServedRequest served, ClientReply reply)
            throws ClientGoneException {
        var headers = answer.call().headers();
        boolean media = answer.form().passesMedia();
        boolean events = headers.startsWith("content-type", "text/event-stream");
        if (events && answer.form().streams() && (media || open.call().stream())) {
            stream.apply(answer, open, served, reply);
            return;
        }
        if (media) {
            var type = MediaType.of(headers.first("content-type").orElse(""));
            if (answer.form().passes(type.name())) {
                this.media.apply(type, answer, open, served, reply);
                return;
            }
        }
        whole(answer, open, served, reply);
    }

    private void whole(Accepted accepted, OpenRequest open, ServedRequest served, ClientReply reply)
            throws ClientGoneException {
        try (var place = large.place()) {
            var body = settled(accepted, open, served, reply, place);
            if (body.length <= LargeAnswers.SMALL_MAX) {
                place.free(); // What was read is gone, and the rest as small as any.
            }
            reply.send(accepted.call().status(), JSON, body);
        }
    }

    /** The client's body; nothing else of the answer is in memory after that. */
    private byte[] settled(
            Accepted accepted,
            OpenRequest open,
            ServedRequest served,
            ClientReply reply,
            LargeAnswers.Place place)
            throws ClientGoneException {
        var upstream = accepted.call();
        long before = served.watch().nanos();
        var audience = new Audience(reply, accepted.drain(), served.watch(), before);
        byte[] body;
        try {
            body = read(upstream, audience, large.bytesMax(), place);
        } catch (ProblemException e) {
            upstream.close();
            served.failed("no room for a large answer");
            var status = e.problem().code().httpStatus();
            open.settle(served.noRoom(status));
            throw e;
        } catch (ClientGoneException e) {
            upstream.close();
            open.settle(served.ended(Outcome.CLIENT_GONE, 0));
            throw e;
        } catch (UpstreamFaultException e) {
            throw broken(open, served, e.fault());
        }
        served.waited(served.watch().nanos() - before);
        var counter = new OutputCounter();
        WholeAnswer answer;
        try {
            var view = accepted.view();
            answer = accepted.form().whole(body, view, counter);
        } catch (JsonFaultException e) {
            throw broken(open, served, new UpstreamFault.BadResponse("not JSON"));
        }
        if (answer.failed() && !answer.tellsFailure()) {
            throw broken(open, served, new UpstreamFault.BadResponse("an error with a 2xx"));
        }
        served.take(answer, counter);
        var receipt = open.settle(settlement(answer, audience, served, upstream.status()));
        reply.header(receiptHeader, receipt.toString());
        return ByteSlice.join(answer.body());
    }

    private static Settlement settlement(
            WholeAnswer answer, Audience audience, ServedRequest served, int status) {
        if (answer.failed()) {
            served.failed("the response failed");
            return served.brokenOff(Outcome.UPSTREAM_FAILED, status);
        }
        var outcome = audience.left() ? Outcome.CLIENT_GONE : Outcome.COMPLETED;
        return served.ended(outcome, status);
    }

    private static ProblemException broken(
            OpenRequest open, ServedRequest served, UpstreamFault fault) {
        var failed = UpstreamProblems.ofFault(fault);
        served.failed(UpstreamProblems.label(fault));
        int status = failed.problem().code().httpStatus();
        open.settle(
                fault instanceof UpstreamFault.AnswerTooLarge
                        ? served.cutOff(failed.outcome(), status)
                        : served.brokenOff(failed.outcome(), status));
        return failed.problem().asException();
    }

    /**
     * Reads a whole body.
     *
     * @throws ClientGoneException if nobody wants it any more
     */
    static byte[] read(UpstreamCall upstream, Audience audience)
            throws UpstreamFaultException, ClientGoneException {
        return read(upstream, audience, REPLY_BYTES_MAX, null);
    }

    /**
     * @param place taken for what is longer than most; null where nothing is
     */
    private static byte[] read(
            UpstreamCall upstream,
            Audience audience,
            int bytesMax,
            LargeAnswers.@Nullable Place place)
            throws UpstreamFaultException, ClientGoneException {
        long announced = upstream.bytesLeft();
        if (announced >= bytesMax) {
            throw new UpstreamFaultException(new UpstreamFault.AnswerTooLarge(bytesMax));
        }
        boolean believed = announced > 0 && announced <= REPLY_BYTES_BELIEVED;
        var buffer = new byte[believed ? (int) announced : REPLY_BYTES_FIRST];
        int length = 0;
        int blanks = 0;
        while (true) {
            int count = upstream.read(buffer, length, buffer.length - length, Presence.LOOK_EVERY);
            if (count < 0) {
                return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
            }
            if (place != null) {
                place.require();
            }
            if (count == UpstreamCall.SILENT) {
                audience.require();
                continue;
            }
            if (blanks == length) {
                blanks = afterBlanks(buffer, length, length + count);
            }
            length += count;
            if (blanks == length) {
                audience.requireNowAndThen(); // Some send blanks for as long as they think.
            }
            if (length == buffer.length) {
                if (length >= bytesMax) {
                    throw new UpstreamFaultException(new UpstreamFault.AnswerTooLarge(bytesMax));
                }
                if (upstream.bodyComplete()) { // As long as announced: what was read is handed on.
                    return buffer;
                }
                if (place != null && length >= LargeAnswers.SMALL_MAX) {
                    place.take(audience);
                }
                buffer = Arrays.copyOf(buffer, larger(length, announced, bytesMax));
            }
        }
    }

    /** Behind the first word the rest is near, and is read for what it says of the usage. */
    private static int afterBlanks(byte[] buffer, int from, int to) {
        int at = from;
        while (at < to && buffer[at] <= ' ' && buffer[at] >= 0) {
            at++;
        }
        return at;
    }

    /** Doubled; what is long and says how long it is gets its room at once. */
    private static int larger(int length, long announced, int bytesMax) {
        if (length >= LargeAnswers.SMALL_MAX) {
            // One more than announced: the end is seen by a read that finds nothing.
            return announced > 0
                    ? (int) Math.min(bytesMax, announced + 1)
                    : doubled(length, bytesMax);
        }
        return Math.min(LargeAnswers.SMALL_MAX, doubled(length, bytesMax));
    }

    private static int doubled(int length, int bytesMax) {
        return (int) Math.min(bytesMax, 2L * length);
    }
}
