package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.RelaySink;
import dev.turnpike.edge.wire.SseReader;
import dev.turnpike.edge.wire.StreamEnd;
import dev.turnpike.edge.wire.StreamFailure;
import dev.turnpike.edge.wire.StreamRelay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the relays of this package share: taking events out of bytes, noting the first text, and
 * ending in order. What an event means and what a client gets is the business of each.
 */
abstract sealed class JsonEventRelay implements StreamRelay
        permits MessageStreamRelay,
                MessageStreamToChunks,
                MessageStreamToResponse,
                MessageStreamToText,
                ChunksToMessageStream {
    private static final int OUT_BYTES = 1_024;

    final SseReader events;
    final MessageView view;

    /** What is to be sent next. */
    final JsonOut out = new JsonOut(OUT_BYTES);

    private final OutputMeter meter;
    private final Supplier<RawUsage> estimate;
    private final LongSupplier nanoTime;
    private @Nullable StreamFailure failure;
    private boolean done;
    private boolean firstTokenSeen;
    private long firstTokenAt;

    JsonEventRelay(
            MessageView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime,
            int eventBytesMax) {
        this.view = view;
        this.meter = meter;
        this.estimate = estimate;
        this.nanoTime = nanoTime;
        this.events = new SseReader(eventBytesMax);
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
    public int room() {
        int room = events.room();
        if (room == 0) {
            fail(new StreamFailure.TooLarge());
        }
        return room;
    }

    @Override
    public byte[] array() {
        return events.array();
    }

    @Override
    public int offset() {
        return events.offset();
    }

    @Override
    public boolean relay(int count, RelaySink sink) throws IOException {
        events.received(count);
        while (!over() && events.next()) {
            next(sink);
        }
        return !over();
    }

    @Override
    public void takeRest() {
        try {
            relay(0, (bytes, offset, length) -> {});
        } catch (IOException e) {
            throw new IllegalStateException("nowhere does not fail", e);
        }
    }

    @Override
    public OptionalLong firstTokenNanos() {
        return firstTokenSeen ? OptionalLong.of(firstTokenAt) : OptionalLong.empty();
    }

    @Override
    public StreamEnd conclude(boolean cleanEnd) {
        var tail = new JsonOut(OUT_BYTES);
        if (!over() && cleanEnd && events.finish()) {
            last(tail);
        }
        if (failure == null && !(done || (cleanEnd && answered()))) {
            failure = new StreamFailure.Truncated();
        }
        return end(tail);
    }

    @Override
    public StreamEnd abort(ErrorBody shown) {
        fail(new StreamFailure.Aborted(shown));
        return end(new JsonOut(OUT_BYTES));
    }

    final boolean over() {
        return done || failure != null;
    }

    /** The stream is at its proper end. */
    final void done() {
        done = true;
    }

    /** The first failure counts. */
    final void fail(StreamFailure why) {
        if (failure == null) {
            failure = why;
        }
    }

    /** Notes generated text. */
    final void generated(JsonView string) {
        if (string.isString() && !string.isEmptyString()) {
            meter.onText(string.array(), string.from() + 1, string.to() - 1);
            if (!firstTokenSeen) {
                firstTokenSeen = true;
                firstTokenAt = nanoTime.getAsLong();
            }
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

    private void next(RelaySink sink) throws IOException {
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

    /** The event behind which the blank line is missing. */
    private void last(JsonOut tail) {
        try {
            next((bytes, offset, length) -> tail.frame(bytes, offset, length));
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        if (failure instanceof StreamFailure.Malformed) {
            failure = new StreamFailure.Truncated(); // An event cut in two is no JSON.
        }
    }

    private StreamEnd end(JsonOut tail) {
        out.clear();
        var counted = counted();
        var why = failure;
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
