package dev.turnpike.edge.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Relays a completion stream: bytes of the upstream in, bytes for the client out. The public model
 * name replaces the upstream's, usage is recorded and shown exactly as the client asked, known
 * faults of upstreams are repaired, and everything else passes byte for byte.
 *
 * <p>Use: receive into {@link #array} from {@link #offset} up to {@link #room} bytes, then call
 * {@link #relay}; when it says that the stream is over, or the upstream has no more, call one of
 * {@link #conclude}, {@link #cut} and {@link #abort}, once, record what it returns, and send its
 * tail. One thread.
 */
public final class ChatStreamRelay extends SseRelay {
    private static final byte[] EVENT_START = ascii("data: ");
    private static final byte[] EVENT_END = ascii("\n\n");
    private static final byte[] KEEP_ALIVE = ascii(": keep-alive\n\n");
    private static final byte[] DONE = ascii("data: [DONE]\n\n");

    private final ChunkScan chunk;
    private final StreamView view;
    private final Supplier<RawUsage> estimate;
    private @Nullable RawUsage usage;
    private byte @Nullable [] usageChunk;
    private long chunks;

    /**
     * What a client is to see of a stream.
     *
     * @param publicModel the model's public name
     * @param targetModel the model's name at the upstream, which is taken out of error messages
     * @param wantsUsage whether the client asked for the usage chunk
     * @param head filled in where the upstream left it out; says whether chunks are of the legacy
     *     completions route
     */
    public record StreamView(
            String publicModel,
            String targetModel,
            boolean wantsUsage,
            AnswerHead head,
            boolean genericErrors) {
        /** With the provider's words, cleaned, where they help. */
        public StreamView(
                String publicModel, String targetModel, boolean wantsUsage, AnswerHead head) {
            this(publicModel, targetModel, wantsUsage, head, false);
        }

        private boolean textCompletion() {
            return head.kind() == AnswerHead.Kind.TEXT;
        }
    }

    /**
     * @param meter told of all generated text
     * @param estimate asked once, at the end, when the upstream reported no usage
     * @param nanoTime like {@link System#nanoTime}
     */
    public ChatStreamRelay(
            StreamView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        this(view, meter, estimate, nanoTime, SseReader.EVENT_BYTES_MAX);
    }

    ChatStreamRelay(
            StreamView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime,
            int eventBytesMax) {
        super(nanoTime, eventBytesMax);
        this.view = view;
        this.estimate = estimate;
        this.chunk =
                new ChunkScan(
                        view.head(), JsonText.quote(view.publicModel()), view.wantsUsage(), meter);
    }

    @Override
    public byte[] keepAlive() {
        return KEEP_ALIVE;
    }

    /** The last usage the upstream reported so far. */
    @Override
    public Optional<RawUsage> usage() {
        return Optional.ofNullable(usage);
    }

    /** Chunks read so far. */
    public long chunks() {
        return chunks;
    }

    /**
     * The upstream has no more to say.
     *
     * @param cleanEnd whether its body came to a proper end
     */
    @Override
    public StreamEnd conclude(boolean cleanEnd) {
        var tail = new ByteArrayOutputStream(512);
        finish(cleanEnd, tail::write);
        if (!whole(cleanEnd)) {
            fail(new StreamFailure.Truncated());
        }
        return end(tail, view.textCompletion() ? "stop" : null);
    }

    /** Ends the answer here, as if the model had run out of tokens. Cancel the upstream as well. */
    public StreamEnd cut() {
        if (chunk.choices().isEmpty()) {
            chunk.choices().add(new ChoiceTrack(0));
        }
        return end(new ByteArrayOutputStream(512), "length");
    }

    /** Ends the answer with an error: a deadline passed, or the connection broke. */
    @Override
    public StreamEnd abort(ErrorBody shown) {
        fail(new StreamFailure.Aborted(shown));
        return end(new ByteArrayOutputStream(512), null);
    }

    private boolean whole(boolean cleanEnd) {
        var choices = chunk.choices();
        if (choices.isEmpty() || !(isDone() || cleanEnd)) {
            return false;
        }
        for (int i = 0; !isDone() && i < choices.size(); i++) {
            if (!choices.get(i).finished) {
                return false;
            }
        }
        return true;
    }

    private StreamEnd end(ByteArrayOutputStream tail, @Nullable String missingFinish) {
        boolean estimated = usage == null;
        var counted = usage == null ? estimate.get() : usage;
        var failure = failure();
        if (failure != null) {
            tail.writeBytes(failure.toErrorBody().toEvent());
        } else {
            finishChunks(tail, missingFinish);
            if (view.wantsUsage()) {
                usageChunk(tail, counted);
            }
            tail.writeBytes(DONE);
        }
        return new StreamEnd(
                Optional.ofNullable(failure),
                counted,
                estimated,
                Optional.ofNullable(chunk.finishReason),
                ByteSlice.of(tail.toByteArray()));
    }

    /** Gives a finish reason to the choices that have none. */
    private void finishChunks(ByteArrayOutputStream tail, @Nullable String wanted) {
        for (var choice : chunk.choices()) {
            if (choice.finished) {
                continue;
            }
            var reason = wanted != null ? wanted : choice.calledTools() ? "tool_calls" : "stop";
            chunk.finishReason = reason;
            choice.finished = true;
            chunkStart(tail);
            var delta = choice.roleSent ? "{}" : "{\"role\":\"assistant\",\"content\":\"\"}";
            var body = view.textCompletion() ? "\"text\":\"\"" : "\"delta\":" + delta;
            tail.writeBytes(
                    ascii(
                            "\"choices\":[{\"index\":"
                                    + choice.index
                                    + ","
                                    + body
                                    + ",\"finish_reason\":\""
                                    + reason
                                    + "\"}]}\n\n"));
        }
    }

    private void usageChunk(ByteArrayOutputStream tail, RawUsage counted) {
        if (usageChunk != null) {
            tail.writeBytes(usageChunk);
            return;
        }
        chunkStart(tail);
        tail.writeBytes(ascii("\"choices\":[],\"usage\":"));
        tail.writeBytes(counted.toChatJson());
        tail.writeBytes(ascii("}\n\n"));
    }

    private void chunkStart(ByteArrayOutputStream tail) {
        tail.writeBytes(ascii("data: {\"id\":"));
        tail.writeBytes(chunk.head.id());
        tail.writeBytes(ascii(",\"object\":\"" + view.head().kind().object + "\",\"created\":"));
        tail.writeBytes(chunk.head.created());
        tail.writeBytes(ascii(",\"model\":"));
        tail.writeBytes(JsonText.quote(view.publicModel()));
        tail.writeBytes(ascii(","));
    }

    @Override
    protected void event(RelaySink sink) throws IOException {
        byte[] data = events.data();
        int from = events.dataFrom();
        int to = events.dataTo();
        if (JsonText.is(data, from, Math.min(to, from + 6), "[DONE]")) {
            done();
            return;
        }
        if (events.dataJoined()) {
            joinLines(data, from, to);
        }
        try {
            chunk.read(data, from, to);
        } catch (JsonFaultException e) {
            fail(new StreamFailure.Malformed(String.valueOf(e.getMessage())));
            return;
        }
        chunks++;
        var error = chunk.error;
        if (error != null) {
            fail(new StreamFailure.Reported(reported(data, from, to)));
            return;
        }
        account(data);
        if (chunk.hasText) {
            noteToken();
        }
        send(data, from, to, sink);
    }

    private UpstreamError reported(byte[] data, int from, int to) {
        return UpstreamErrorReader.read(200, data, from, to, view.targetModel(), view.publicModel())
                .shown(view.genericErrors());
    }

    /** The last usage wins, unless it makes less sense than the one before. */
    private void account(byte[] data) {
        var range = chunk.usage;
        if (range == null) {
            return;
        }
        var read = UsageReader.read(data, range.from(), range.to());
        if (read.isPresent() && (usage == null || usage.suspect() || !read.get().suspect())) {
            usage = read.get();
            usageChunk = null;
        }
    }

    private void send(byte[] data, int from, int to, RelaySink sink) throws IOException {
        if (!chunk.hasChoices && chunk.usage != null) {
            if (view.wantsUsage()) {
                keepUsageChunk(data, from, to);
            }
            return;
        }
        if (!chunk.hasChoices && !chunk.hasPayload) {
            return;
        }
        if (framed(data, from, to)) {
            chunk.edits.write(data, events.rawFrom(), events.rawTo(), sink);
            return;
        }
        sink.write(EVENT_START, 0, EVENT_START.length);
        chunk.edits.write(data, from, to, sink);
        sink.write(EVENT_END, 0, EVENT_END.length);
    }

    /** Whether the upstream framed the event exactly as we do. */
    private boolean framed(byte[] data, int from, int to) {
        return !events.dataJoined()
                && events.rawFrom() == from - EVENT_START.length
                && events.rawTo() == to + EVENT_END.length
                && data[from - 1] == ' '
                && data[to] == '\n'
                && data[to + 1] == '\n';
    }

    /** The upstream's own usage chunk is shown if it is what we would have written. */
    private void keepUsageChunk(byte[] data, int from, int to) throws IOException {
        var counted = usage;
        var range = chunk.usage;
        if (counted == null || counted.suspect() || range == null) {
            return;
        }
        if (!plainTotals(data, range, counted)) {
            return;
        }
        var kept = new ByteArrayOutputStream(to - from + 16);
        kept.writeBytes(EVENT_START);
        chunk.edits.write(data, from, to, kept::write);
        kept.writeBytes(EVENT_END);
        usageChunk = kept.toByteArray();
    }

    /** Whether prompt, completion and total stand there as whole numbers that agree with ours. */
    private static boolean plainTotals(byte[] data, ByteRange range, RawUsage counted) {
        long prompt = -1;
        long completion = -1;
        long total = -1;
        try {
            var cursor = JsonCursor.lenient(data, range.from(), range.to());
            cursor.enterObject();
            while (cursor.nextName()) {
                boolean isPrompt = cursor.textIs("prompt_tokens");
                boolean isCompletion = cursor.textIs("completion_tokens");
                boolean isTotal = cursor.textIs("total_tokens");
                int from = cursor.position();
                cursor.skipValue();
                if (isPrompt) {
                    prompt = wholeNumber(data, from, cursor.position());
                } else if (isCompletion) {
                    completion = wholeNumber(data, from, cursor.position());
                } else if (isTotal) {
                    total = wholeNumber(data, from, cursor.position());
                }
            }
        } catch (JsonFaultException e) {
            return false; // Cannot happen: the chunk was read before.
        }
        return prompt == counted.prompt()
                && completion == counted.completion()
                && total == counted.total();
    }

    private static long wholeNumber(byte[] data, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = data[i] - '0';
            if (digit < 0 || digit > 9 || i - from > 10) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** One JSON text on several data lines is legal, but clients exist that need it on one. */
    private static void joinLines(byte[] data, int from, int to) {
        for (int i = from; i < to; i++) {
            if (data[i] == '\n') {
                data[i] = ' ';
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
