package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.estimate.OutputCounter;
import dev.turnpike.edge.pipeline.Answer.Accepted;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFault.Cancelled;
import dev.turnpike.edge.upstream.UpstreamFault.Stage;
import dev.turnpike.edge.upstream.UpstreamFault.TimedOut;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.RelaySink;
import dev.turnpike.edge.wire.StreamEnd;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.schemas.usage.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongConsumer;

/** Brings a streamed answer to the client, event by event. */
final class RelayStream {
    /** Silence towards the client after which it hears that we are still there. */
    static final Duration KEEP_ALIVE_EVERY = Duration.ofSeconds(10);

    /** The same before the first byte, so that the head goes out soon. */
    static final Duration FIRST_KEEP_ALIVE = Duration.ofSeconds(1);

    /** How long the end of the body may take after the end of the stream. */
    private static final Duration DRAIN = Duration.ofMillis(20);

    private static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

    /**
     * @throws ClientGoneException if the client left; it is settled
     */
    void apply(Accepted answer, OpenRequest open, ServedRequest served, ClientReply reply)
            throws ClientGoneException {
        var upstream = answer.call();
        var counter = new OutputCounter();
        var relay =
                answer.form().stream(
                        answer.view(),
                        counter,
                        () -> estimate(served, counter),
                        served.watch()::nanos);
        var out = reply.open(upstream.status(), EVENT_STREAM);
        StreamEnd end;
        Outcome outcome;
        boolean generatedCounts;
        try {
            boolean clean =
                    pump(
                            relay,
                            upstream,
                            reply,
                            out,
                            served.watch(),
                            now -> open.generated(counter.tokens(), now));
            end = relay.conclude(clean);
            generatedCounts = end.whole();
            outcome = generatedCounts ? Outcome.COMPLETED : Outcome.UPSTREAM_FAILED;
        } catch (UpstreamFaultException e) {
            served.failed(UpstreamProblems.label(e.fault()));
            end = relay.abort(UpstreamProblems.shown(e.fault()));
            outcome = UpstreamProblems.ofFault(e.fault()).outcome();
            generatedCounts = endedHere(e.fault());
        } catch (IOException e) {
            relay.takeRest();
            runOn(relay, counter, open, served, answer);
            upstream.close();
            served.takeUnfinished(relay, counter);
            open.settle(served.ended(Outcome.CLIENT_GONE, upstream.status()));
            throw new ClientGoneException(e);
        }
        served.take(relay, end, counter);
        open.settle(
                generatedCounts
                        ? served.ended(outcome, upstream.status())
                        : served.brokenOff(outcome, upstream.status()));
        var tail = end.tail();
        out.write(tail.array(), tail.offset(), tail.length());
        out.end();
        if (end.whole()) {
            upstream.drain(DRAIN);
        }
    }

    /**
     * Brings a stream to the client of which nothing is recorded, because all of it was when it was
     * made.
     *
     * @throws ClientGoneException if the client left
     */
    static void again(UpstreamCall upstream, StreamRelay relay, Stopwatch watch, ClientReply reply)
            throws ClientGoneException {
        var out = reply.open(upstream.status(), EVENT_STREAM);
        StreamEnd end;
        try {
            end = relay.conclude(pump(relay, upstream, reply, out, watch, _ -> {}));
        } catch (UpstreamFaultException e) {
            end = relay.abort(UpstreamProblems.shown(e.fault()));
        } catch (IOException e) {
            upstream.close();
            throw new ClientGoneException(e);
        }
        var tail = end.tail();
        out.write(tail.array(), tail.offset(), tail.length());
        out.end();
        if (end.whole()) {
            upstream.drain(DRAIN);
        }
    }

    /**
     * Relays until the stream is over.
     *
     * @param progress told the time whenever something came
     * @return whether the body came to a proper end
     */
    private static boolean pump(
            StreamRelay relay,
            UpstreamCall upstream,
            ClientReply reply,
            ClientReply.Stream out,
            Stopwatch watch,
            LongConsumer progress)
            throws IOException {
        var told = new Told(out);
        long aliveAt = watch.nanos() + FIRST_KEEP_ALIVE.toNanos();
        var presence = new Presence(watch.nanos());
        boolean more = true;
        while (more && relay.room() > 0) {
            int count =
                    upstream.read(relay.array(), relay.offset(), relay.room(), Presence.LOOK_EVERY);
            if (count < 0) {
                return upstream.bodyComplete();
            }
            long now = watch.nanos();
            if (count != UpstreamCall.SILENT) {
                more = relay.relay(count, told);
                progress.accept(now);
            }
            if (count == UpstreamCall.SILENT || (!told.something && presence.due(now))) {
                Presence.require(reply);
            }
            if (more && !told.something && now >= aliveAt) {
                // Also while the upstream talks: its comments stay behind.
                var alive = relay.keepAlive();
                told.write(alive, 0, alive.length);
            }
            if (told.something) {
                if (more) {
                    out.flush();
                }
                told.something = false;
                presence.told(now);
                aliveAt = now + KEEP_ALIVE_EVERY.toNanos();
            }
        }
        return false;
    }

    /** Reads on without a client, for what the provider says at the end. */
    private static void runOn(
            StreamRelay relay,
            OutputCounter counter,
            OpenRequest open,
            ServedRequest served,
            Accepted answer) {
        var upstream = answer.call();
        try {
            boolean more = true;
            while (more && relay.room() > 0 && answer.drain().goesOn()) {
                int count =
                        upstream.read(
                                relay.array(), relay.offset(), relay.room(), Presence.LOOK_EVERY);
                if (count < 0) {
                    return;
                }
                if (count != UpstreamCall.SILENT) {
                    more = relay.relay(count, (bytes, offset, length) -> {});
                    open.generated(counter.tokens(), served.watch().nanos());
                }
            }
        } catch (UpstreamFaultException e) {
            served.failed(UpstreamProblems.label(e.fault()));
        } catch (IOException e) {
            throw new IllegalStateException("nowhere does not fail", e);
        }
    }

    /**
     * Whether we ended a stream that was going well: our stop, or its whole time was over, which a
     * client that reads slowly can bring about. The upstream did its part until then.
     */
    private static boolean endedHere(UpstreamFault fault) {
        return fault instanceof Cancelled
                || (fault instanceof TimedOut late && late.stage() == Stage.TOTAL);
    }

    private static RawUsage estimate(ServedRequest served, OutputCounter counter) {
        return new RawUsage(served.countedInput(), 0, 0, served.countedOutput(counter), 0, false);
    }

    /** The way to the client, which knows whether it was told something. */
    private static final class Told implements RelaySink {
        private final RelaySink client;
        private boolean something;

        private Told(RelaySink client) {
            this.client = client;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            something |= length > 0;
            client.write(bytes, offset, length);
        }
    }
}
