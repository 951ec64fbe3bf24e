package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.RelaySink;
import dev.turnpike.edge.wire.SseRelay;
import dev.turnpike.edge.wire.StreamEnd;
import dev.turnpike.edge.wire.StreamFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the relays of this package share: reading events as JSON, noting generated text, and ending
 * in order. What an event means and what a client gets is the business of each.
 */
abstract sealed class JsonEventRelay extends SseRelay
        permits MessageStreamRelay, MessageToldStream, ChunksToMessageStream {
    private static final int OUT_BYTES = 1_024;

    final MessageView view;

    /** What is to be sent next. */
    final JsonOut out = new JsonOut(OUT_BYTES);

    private final OutputMeter meter;
    private final Supplier<RawUsage> estimate;

    JsonEventRelay(
            MessageView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime,
            int eventBytesMax) {
        super(nanoTime, eventBytesMax);
        this.view = view;
        this.meter = meter;
        this.estimate = estimate;
    }

    /**
     * Takes one event.
     *
     * @throws JsonFaultException if it is not what the upstream's API sends
     */
    abstract void event(JsonView event, RelaySink sink) throws IOException, JsonFaultException;

    /** Whether the upstream has said all that belongs to an answer. */
    abstract boolean answered();

    /** Writes what is still missing of a good answer. */
    abstract void writeEnd(RawUsage counted);

    /** Writes the error that ends the answer. */
    abstract void writeError(ErrorBody error);

    /** The reason sent to the client, or to be sent. */
    abstract @Nullable String finishReason();

    @Override
    public StreamEnd conclude(boolean cleanEnd) {
        var tail = new JsonOut(OUT_BYTES);
        finish(cleanEnd, tail::frame);
        if (!(isDone() || (cleanEnd && answered()))) {
            fail(new StreamFailure.Truncated());
        }
        return end(tail);
    }

    @Override
    public StreamEnd abort(ErrorBody shown) {
        fail(new StreamFailure.Aborted(shown));
        return end(new JsonOut(OUT_BYTES));
    }

    /** Notes generated text. */
    final void generated(JsonView string) {
        if (string.isString() && !string.isEmptyString()) {
            meter.onText(string.array(), string.from() + 1, string.to() - 1);
            noteToken();
        }
    }

    /** Our own count by now. */
    final RawUsage estimated() {
        return estimate.get();
    }

    /** What was used: the provider's word, and ours for the output where its own is not final. */
    private RawUsage counted() {
        var reported = usage();
        if (reported.isEmpty()) {
            return estimate.get();
        }
        var raw = reported.get();
        if (usageIsFinal()) {
            return raw;
        }
        return new RawUsage(
                raw.prompt(),
                raw.cachedRead(),
                raw.cacheWrite(),
                Math.max(raw.completion(), estimate.get().completion()),
                raw.reasoning(),
                raw.suspect());
    }

    /** OpenAI's end of a stream. On Anthropic's wire it means nothing. */
    void doneMark() {
        if (answered()) {
            done();
        }
    }

    @Override
    protected final void event(RelaySink sink) throws IOException {
        try {
            var event = JsonView.check(events.data(), events.dataFrom(), events.dataTo());
            if (!event.isObject()) {
                throw new JsonFaultException(JsonFaultException.Reason.NOT_JSON, event.from());
            }
            event(event, sink);
        } catch (JsonFaultException e) {
            if (isDoneMark()) {
                doneMark();
            } else {
                fail(new StreamFailure.Malformed(String.valueOf(e.getMessage())));
            }
        }
    }

    /** OpenAI's end of a stream, which some send on the other wire as well. */
    private boolean isDoneMark() {
        int length = events.dataTo() - events.dataFrom();
        return length >= 6
                && new String(events.data(), events.dataFrom(), 6, StandardCharsets.ISO_8859_1)
                        .equals("[DONE]");
    }

    private StreamEnd end(JsonOut tail) {
        out.clear();
        var counted = counted();
        var why = failure();
        if (why == null) {
            writeEnd(counted);
        } else {
            writeError(why.toErrorBody());
        }
        try {
            out.flushTo((bytes, offset, length) -> tail.frame(bytes, offset, length));
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        return new StreamEnd(
                Optional.ofNullable(why),
                counted,
                usage().isEmpty() || !usageIsFinal(),
                Optional.ofNullable(finishReason()),
                tail.slice());
    }
}
