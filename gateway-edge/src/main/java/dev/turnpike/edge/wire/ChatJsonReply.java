package dev.turnpike.edge.wire;

import dev.turnpike.edge.wire.JsonFaultException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole JSON answer: its usage read, its model renamed, what names the provider taken out, what
 * clients need and do not find filled in, the rest byte for byte.
 */
public final class ChatJsonReply implements WholeAnswer {
    private static final byte[] STOP = "\"stop\"".getBytes(StandardCharsets.US_ASCII);

    /** Most places of one answer that are mended or renamed: a vector may need two. */
    static final int REPAIRS_MAX = 100_000;

    private static final String VECTOR = "\"object\":\"embedding\"";

    private final byte[] json;
    private final int from;
    private final int to;
    private final ReplyView view;
    private final Edits edits = new Edits(REPAIRS_MAX);
    private final ProviderMarks marks;
    private final HeadRepair head;
    private @Nullable RawUsage usage;
    private boolean error;
    private boolean choices;
    private @Nullable ByteRange output;
    private @Nullable String finishReason;

    private ChatJsonReply(byte[] json, int from, int to, ReplyView view) {
        this.view = view;
        this.marks =
                new ProviderMarks(view.targetModel(), view.publicModel(), view.genericErrors());
        this.head =
                new HeadRepair(
                        view.head(), JsonText.quote(view.publicModel()), view.responseIds(), false);
        this.json = json;
        this.from = from;
        this.to = to;
    }

    /**
     * Reads an answer of any OpenAI-shaped route.
     *
     * @param json shared with the result; white space in front is dropped
     * @param meter told of the generated text, but only if the answer reports no usage
     * @throws JsonFaultException if the answer is no JSON object, or needs more repairs than are
     *     made: a bad gateway
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

    /** Whether this is an error, or no answer at all, although the status said otherwise. */
    @Override
    public boolean failed() {
        return error
                || switch (view.head().kind()) {
                    case CHAT, TEXT -> !choices;
                    case RESPONSE -> "failed".equals(finishReason);
                    case CHAT_CHUNK, VECTORS, OTHER -> false;
                };
    }

    /** A response that failed holds its error, and so does the one that a stream ends with. */
    @Override
    public boolean tellsFailure() {
        return view.responseIds() != null && failed() && "failed".equals(finishReason);
    }

    /** The body for the client; the slices share the upstream's body. */
    @Override
    public List<ByteSlice> body() {
        return edits.slices(json, from, to);
    }

    private void members(JsonCursor cursor) throws JsonFaultException {
        cursor.enterObject();
        int open = cursor.position();
        int kept = open;
        while (cursor.nextName()) {
            int name = cursor.textFrom();
            int nameTo = cursor.textTo();
            int valueFrom = cursor.position();
            byte first = cursor.peek();
            if (!inside(cursor, first)) {
                cursor.skipValue();
            }
            int valueTo = cursor.position();
            if (ProviderMarks.names(json, name, nameTo)) {
                var value = new ByteRange(valueFrom, valueTo);
                new ObjectMember(name - 1, value, kept, cursor.commaAfter()).removeFrom(edits);
                continue;
            }
            kept = valueTo;
            if (!head.take(json, name, nameTo, valueFrom, valueTo, edits)) {
                member(name, nameTo, valueFrom, valueTo);
            }
        }
        cursor.end();
        head.finish(edits, open, kept > open);
        if (edits.overflown()) {
            throw new JsonFaultException(Reason.TOO_MANY_VALUES, to);
        }
    }

    /** Reads the value at the cursor if there is something to be done inside. */
    private boolean inside(JsonCursor cursor, byte first) throws JsonFaultException {
        if (first == '[' && cursor.textIs("choices")) {
            choices = true;
            choices(cursor);
        } else if (first == '[' && isVectors() && cursor.textIs("data")) {
            vectors(cursor);
        } else if (first == '{' && cursor.textIs("usage")) {
            usage = UsageReader.read(json, cursor).orElse(null);
        } else if (cursor.textIs("error")) {
            marks.cleanError(json, cursor, edits);
        } else {
            return false;
        }
        return true;
    }

    private void member(int name, int nameTo, int valueFrom, int valueTo) {
        byte first = json[valueFrom];
        if (JsonText.is(json, name, nameTo, "choices")
                || JsonText.is(json, name, nameTo, "output")) {
            output = new ByteRange(valueFrom, valueTo);
        } else if (first == '"'
                && finishReason == null
                && JsonText.is(json, name, nameTo, "status")) {
            finishReason = JsonText.decode(json, valueFrom + 1, valueTo - 1);
        } else if (first == '"' && JsonText.is(json, name, nameTo, "previous_response_id")) {
            previous(valueFrom, valueTo);
        } else if (first != 'n' && JsonText.is(json, name, nameTo, "error")) {
            error = true;
        }
    }

    private void previous(int valueFrom, int valueTo) {
        var ids = view.responseIds();
        if (ids != null) {
            var known = JsonText.decode(json, valueFrom + 1, valueTo - 1);
            edits.replace(valueFrom, valueTo, JsonText.quote(ids.apply(known)));
        }
    }

    private boolean isVectors() {
        return view.head().kind() == AnswerHead.Kind.VECTORS;
    }

    private void vectors(JsonCursor cursor) throws JsonFaultException {
        cursor.enterArray();
        for (int place = 0; cursor.nextElement(); place++) {
            if (cursor.peek() == '{') {
                vector(cursor, place);
            } else {
                cursor.skipValue();
            }
        }
    }

    private void vector(JsonCursor cursor, int place) throws JsonFaultException {
        boolean called = false;
        boolean indexed = false;
        boolean empty = true;
        cursor.enterObject();
        int open = cursor.position();
        while (cursor.nextName()) {
            empty = false;
            int from = cursor.position();
            boolean isIndex = cursor.textIs("index");
            called |= cursor.textIs("object");
            indexed |= isIndex;
            if (isIndex) {
                index(cursor, place);
            } else if (view.base64Vectors() && cursor.textIs("embedding") && cursor.peek() == '[') {
                var text = Vectors.base64(json, cursor);
                edits.replace(from, cursor.position(), text);
            } else {
                cursor.skipValue();
            }
        }
        if (!called || !indexed) {
            var text =
                    (called ? "" : VECTOR + (indexed ? "" : ","))
                            + (indexed ? "" : "\"index\":" + place)
                            + (empty ? "" : ",");
            edits.insert(open, text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** An index that says nothing is as bad as none. */
    private void index(JsonCursor cursor, int place) throws JsonFaultException {
        int from = cursor.position();
        boolean absent = cursor.peek() == 'n';
        cursor.skipValue();
        if (absent) {
            var text = Integer.toString(place).getBytes(StandardCharsets.US_ASCII);
            edits.replace(from, cursor.position(), text);
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
            boolean isIndex = cursor.textIs("index");
            indexed |= isIndex;
            boolean isFinish = cursor.textIs("finish_reason");
            int valueFrom = cursor.position();
            if (isIndex) {
                index(cursor, place);
            } else if (isFinish && cursor.peek() == '"') {
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
