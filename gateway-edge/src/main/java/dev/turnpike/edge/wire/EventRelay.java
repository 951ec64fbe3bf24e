package dev.turnpike.edge.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Relays an event stream that is not of the completion routes: the responses route, speech,
 * transcripts, images. Events pass byte for byte but for the public model name and the identity of
 * a response; the usage of the last event that has one is recorded.
 */
public final class EventRelay extends SseRelay {
    private static final byte[] KEEP_ALIVE = ascii(": keep-alive\n\n");
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] EVENT_END = ascii("\n\n");

    private final EventScan event;
    private final EventView view;
    private final Supplier<RawUsage> estimate;
    private @Nullable RawUsage usage;
    private boolean failureShown;
    private boolean ended;

    /**
     * What a client is to see of a stream.
     *
     * @param publicModel the model's public name
     * @param targetModel the model's name at the upstream, which is taken out of error messages
     * @param head filled into responses where the upstream left it out
     * @param responseIds gives the identity under which a client knows a response
     */
    public record EventView(
            String publicModel,
            String targetModel,
            AnswerHead head,
            UnaryOperator<String> responseIds,
            boolean genericErrors) {
        /** With the provider's words, cleaned, where they help. */
        public EventView(
                String publicModel,
                String targetModel,
                AnswerHead head,
                UnaryOperator<String> responseIds) {
            this(publicModel, targetModel, head, responseIds, false);
        }

        /**
         * Whether a stream is whole only with its {@code response.completed}, or one of that
         * event's kind; others end with their body.
         */
        private boolean lifecycle() {
            return head.kind() == AnswerHead.Kind.RESPONSE;
        }
    }

    /**
     * @param meter told of all generated text
     * @param estimate asked once, at the end, when the upstream reported no usage
     * @param nanoTime like {@link System#nanoTime}
     */
    public EventRelay(
            EventView view, OutputMeter meter, Supplier<RawUsage> estimate, LongSupplier nanoTime) {
        super(nanoTime, SseReader.EVENT_BYTES_MAX);
        this.view = view;
        this.estimate = estimate;
        this.event = new EventScan(view, meter);
    }

    @Override
    public Optional<RawUsage> usage() {
        return Optional.ofNullable(usage);
    }

    @Override
    public byte[] keepAlive() {
        return KEEP_ALIVE;
    }

    @Override
    public StreamEnd conclude(boolean cleanEnd) {
        var tail = new ByteArrayOutputStream(256);
        finish(cleanEnd, tail::write);
        if (!(ended || (cleanEnd && !view.lifecycle()))) {
            fail(new StreamFailure.Truncated());
        }
        return end(tail);
    }

    @Override
    public StreamEnd abort(ErrorBody shown) {
        fail(new StreamFailure.Aborted(shown));
        return end(new ByteArrayOutputStream(256));
    }

    private StreamEnd end(ByteArrayOutputStream tail) {
        boolean estimated = usage == null;
        var counted = usage == null ? estimate.get() : usage;
        var failure = failure();
        if (failure != null && !failureShown) {
            tail.writeBytes(shown(failure.toErrorBody()));
        }
        return new StreamEnd(
                Optional.ofNullable(failure),
                counted,
                estimated,
                Optional.ofNullable(event.status),
                ByteSlice.of(tail.toByteArray()));
    }

    /** The flat error of the responses route, or the one that everybody knows. */
    private byte[] shown(ErrorBody error) {
        if (!view.lifecycle()) {
            return error.toEvent();
        }
        var out = new ByteArrayOutputStream(256);
        out.writeBytes(ascii("event: error\ndata: {\"type\":\"error\",\"code\":"));
        out.writeBytes(quoted(error.code()));
        out.writeBytes(ascii(",\"message\":"));
        out.writeBytes(JsonText.quote(error.message()));
        out.writeBytes(ascii(",\"param\":"));
        out.writeBytes(quoted(error.param()));
        out.writeBytes(ascii(",\"sequence_number\":" + (event.sequence + 1) + "}\n\n"));
        return out.toByteArray();
    }

    private static byte[] quoted(@Nullable String text) {
        return text == null ? ascii("null") : JsonText.quote(text);
    }

    @Override
    protected void event(RelaySink sink) throws IOException {
        byte[] data = events.data();
        int from = events.dataFrom();
        int to = events.dataTo();
        if (JsonText.is(data, from, Math.min(to, from + 6), "[DONE]")) {
            done();
            ended |= !view.lifecycle();
            return;
        }
        try {
            event.read(data, from, to);
        } catch (JsonFaultException e) {
            fail(new StreamFailure.Malformed(String.valueOf(e.getMessage())));
            return;
        }
        account(data);
        if (event.failed) {
            fail(
                    new StreamFailure.Reported(
                            UpstreamErrorReader.read(
                                            200,
                                            data,
                                            from,
                                            to,
                                            view.targetModel(),
                                            view.publicModel())
                                    .shown(view.genericErrors())));
            failureShown = event.terminal;
            if (!event.terminal) {
                return; // Told in our own words at the end.
            }
        }
        send(data, from, to, sink);
        if (event.terminal) {
            ended = true;
            done();
        }
    }

    private void account(byte[] data) {
        if (event.hasText) {
            noteToken();
        }
        var range = event.usage;
        if (range == null) {
            return;
        }
        var read = UsageReader.read(data, range.from(), range.to());
        if (read.isPresent() && (usage == null || usage.suspect() || !read.get().suspect())) {
            usage = read.get();
        }
    }

    private void send(byte[] data, int from, int to, RelaySink sink) throws IOException {
        if (events.named() && event.type != null) {
            var name = ascii("event: " + event.type + "\n");
            sink.write(name, 0, name.length);
        }
        if (!events.dataJoined() && endsBlank(data, to, events.rawTo())) {
            event.edits.write(data, events.rawFrom(), events.rawTo(), sink);
            return;
        }
        sink.write(DATA, 0, DATA.length);
        for (int i = from; i < to; i++) {
            if (data[i] == '\n') {
                data[i] = ' '; // One JSON text on several lines is legal, but few can read it.
            }
        }
        event.edits.write(data, from, to, sink);
        sink.write(EVENT_END, 0, EVENT_END.length);
    }

    /** Whether a blank line follows the data at once, and not a comment or another field. */
    private static boolean endsBlank(byte[] data, int to, int rawTo) {
        return rawTo - to >= 2
                && rawTo - to <= 4
                && data[rawTo - 1] == '\n'
                && (data[rawTo - 2] == '\n' || data[rawTo - 2] == '\r');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
