package dev.turnpike.edge.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole JSON answer: its usage read, its model renamed, what names the provider taken out, the
 * rest byte for byte.
 */
public final class ChatJsonReply implements WholeAnswer {
    private static final byte[] STOP = "\"stop\"".getBytes(StandardCharsets.US_ASCII);

    private final byte[] json;
    private final int from;
    private final int to;
    private final ReplyView view;
    private final Edits edits = new Edits();
    private final ProviderMarks marks;
    private @Nullable RawUsage usage;
    private @Nullable ByteRange error;
    private @Nullable ByteRange output;
    private @Nullable String finishReason;

    private ChatJsonReply(byte[] json, int from, int to, ReplyView view) {
        this.view = view;
        this.marks =
                new ProviderMarks(view.targetModel(), view.publicModel(), view.genericErrors());
        this.json = json;
        this.from = from;
        this.to = to;
    }

    /**
     * Reads an answer of any OpenAI-shaped route.
     *
     * @param json shared with the result; white space in front is dropped
     * @param meter told of the generated text, but only if the answer reports no usage
     * @throws JsonFaultException if the answer is no JSON object: a bad gateway
     */
    public static ChatJsonReply read(
            byte[] json, int from, int to, ReplyView view, OutputMeter meter)
            throws JsonFaultException {
        var cursor = JsonCursor.lenient(json, from, to);
        cursor.peek();
        var reply = new ChatJsonReply(json, cursor.position(), to, view);
        reply.members(cursor);
        if (reply.usage == null && reply.output != null) {
            var walker = new PromptWalker(meter);
            var text = JsonCursor.lenient(json, reply.output.from(), reply.output.to());
            walker.value(json, text, false);
        }
        return reply;
    }

    /** What the upstream reported. */
    @Override
    public Optional<RawUsage> usage() {
        return Optional.ofNullable(usage);
    }

    /** Finish reason of the last choice. */
    @Override
    public Optional<String> finishReason() {
        return Optional.ofNullable(finishReason);
    }

    /** Whether this is an error although the status said otherwise. */
    @Override
    public boolean failed() {
        return error != null;
    }

    /** The body for the client; the slices share the upstream's body. */
    @Override
    public List<ByteSlice> body() {
        return edits.slices(json, from, to);
    }

    private void members(JsonCursor cursor) throws JsonFaultException {
        cursor.enterObject();
        int kept = cursor.position();
        while (cursor.nextName()) {
            int nameFrom = cursor.textFrom() - 1;
            boolean isMark = ProviderMarks.names(json, cursor.textFrom(), cursor.textTo());
            boolean isModel = cursor.textIs("model");
            boolean isUsage = cursor.textIs("usage");
            boolean isError = cursor.textIs("error");
            boolean isChoices = cursor.textIs("choices");
            boolean isOutput = isChoices || cursor.textIs("output");
            boolean isStatus = cursor.textIs("status");
            boolean isId =
                    view.responseIds() != null
                            && (cursor.textIs("id") || cursor.textIs("previous_response_id"));
            boolean isVectors = view.base64Vectors() && cursor.textIs("data");
            int valueFrom = cursor.position();
            byte first = cursor.peek();
            if (isChoices && first == '[') {
                choices(cursor);
            } else if (isVectors && first == '[') {
                vectors(cursor);
            } else if (isError && first == '{') {
                marks.cleanError(json, cursor, edits);
            } else {
                cursor.skipValue();
            }
            var value = new ByteRange(valueFrom, cursor.position());
            if (isMark) {
                new ObjectMember(nameFrom, value, kept, cursor.commaAfter()).removeFrom(edits);
                continue;
            }
            kept = value.to();
            if (isModel) {
                edits.replace(value.from(), value.to(), JsonText.quote(view.publicModel()));
            } else if (isUsage && first == '{') {
                usage = UsageReader.read(json, value.from(), value.to()).orElse(null);
            } else if (isOutput) {
                output = value;
            } else if (isStatus && first == '"' && finishReason == null) {
                finishReason = JsonText.decode(json, value.from() + 1, value.to() - 1);
            } else if (isId && first == '"') {
                identity(value);
            } else if (isError && first != 'n') {
                error = value;
            }
        }
        cursor.end();
    }

    private void identity(ByteRange value) {
        var known = JsonText.decode(json, value.from() + 1, value.to() - 1);
        var ids = view.responseIds();
        if (ids != null) {
            edits.replace(value.from(), value.to(), JsonText.quote(ids.apply(known)));
        }
    }

    private void vectors(JsonCursor cursor) throws JsonFaultException {
        cursor.enterArray();
        while (cursor.nextElement()) {
            if (cursor.peek() != '{') {
                cursor.skipValue();
                continue;
            }
            cursor.enterObject();
            while (cursor.nextName()) {
                int from = cursor.position();
                if (cursor.textIs("embedding") && cursor.peek() == '[') {
                    var text = Vectors.base64(json, cursor);
                    edits.replace(from, cursor.position(), text);
                } else {
                    cursor.skipValue();
                }
            }
        }
    }

    private void choices(JsonCursor cursor) throws JsonFaultException {
        cursor.enterArray();
        for (int place = 0; cursor.nextElement(); place++) {
            if (cursor.peek() == '{') {
                choice(cursor, place);
            } else {
                cursor.skipValue();
            }
        }
    }

    private void choice(JsonCursor cursor, int place) throws JsonFaultException {
        boolean indexed = false;
        boolean empty = true;
        cursor.enterObject();
        int open = cursor.position();
        while (cursor.nextName()) {
            empty = false;
            indexed |= cursor.textIs("index");
            boolean isFinish = cursor.textIs("finish_reason");
            int valueFrom = cursor.position();
            if (isFinish && cursor.peek() == '"') {
                cursor.string();
                boolean abort = cursor.textIs("abort");
                finishReason = abort ? "stop" : cursor.text();
                if (abort) {
                    edits.replace(valueFrom, cursor.position(), STOP);
                }
            } else {
                cursor.skipValue();
            }
        }
        if (!indexed) {
            var text = "\"index\":" + place + (empty ? "" : ",");
            edits.insert(open, text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
