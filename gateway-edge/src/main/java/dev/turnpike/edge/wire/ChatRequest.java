package dev.turnpike.edge.wire;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway needs to know of a request body, with the places of what it rewrites. The body
 * itself is shared, not copied, and must not change while this object lives.
 */
public final class ChatRequest implements ModelRequest {
    final byte[] body;
    final ByteRange document;
    final RequestScan scan;

    ChatRequest(byte[] body, ByteRange document, RequestScan scan) {
        this.body = body;
        this.document = document;
        this.scan = scan;
    }

    /** The model asked for, as the client spelled it; never empty. */
    @Override
    public String model() {
        return scan.model;
    }

    /** The request's own bytes, shared; what stands around them in the body is not in it. */
    public ByteSlice document() {
        return new ByteSlice(body, document.from(), document.length());
    }

    /** Whether the answer is to be a stream. */
    @Override
    public boolean stream() {
        return scan.stream;
    }

    /** Whether the client wants the usage chunk ({@code stream_options.include_usage}). */
    public boolean wantsUsage() {
        return scan.includeUsage;
    }

    /** Whether it goes with the member by which a stream reports its usage. */
    public boolean takesUsageOption() {
        return scan.stream && scan.chatOptions;
    }

    /** Whether the client's own stream options say more than whether it wants the usage. */
    public boolean hasOtherOptions() {
        return scan.optionsHaveOthers;
    }

    /**
     * Most output tokens of one choice, by whichever of its names was given (the smaller if both).
     */
    @Override
    public OptionalInt maxTokens() {
        if (!scan.shape.generates()) {
            return OptionalInt.of(0);
        }
        return scan.maxTokens < 0 ? OptionalInt.empty() : OptionalInt.of(scan.maxTokens);
    }

    /** How many choices are asked for, 1 unless said otherwise. */
    @Override
    public int choices() {
        return scan.choices;
    }

    /** The body's {@code metadata}; empty when there is none. */
    @Override
    public Map<String, String> metadata() {
        return Map.copyOf(scan.metadata);
    }

    @Override
    public List<String> unrecorded() {
        return List.copyOf(scan.unrecorded);
    }

    @Override
    public boolean countable() {
        return scan.shape.countable();
    }

    /** Whether vectors are asked for in base64. */
    public boolean base64Vectors() {
        return scan.base64;
    }

    /** The stored response that is to be continued. */
    public Optional<String> previousResponse() {
        return Optional.ofNullable(scan.previousResponse);
    }

    /** The body's {@code user}. */
    public Optional<String> user() {
        return Optional.ofNullable(scan.user);
    }

    /** Elements of {@code messages}; of {@code input}, where a response is asked for. */
    @Override
    public int messageCount() {
        boolean chat = scan.shape.listsMessages() || scan.shape == RequestShape.RESPONSES;
        return chat ? Math.max(1, scan.messages) : 0;
    }

    /** Bytes of text the model is to read, as they stand in JSON. */
    @Override
    public long promptBytes() {
        return scan.promptBytes;
    }

    /** Numbers in the prompt: token ids sent by the client instead of text. */
    @Override
    public int promptTokenIds() {
        return scan.promptNumbers;
    }

    /** Bytes of the definitions of tools, functions and response formats, as they stand in JSON. */
    @Override
    public long toolBytes() {
        return scan.toolBytes;
    }

    /** Images and other attachments in the prompt. */
    @Override
    public int attachments() {
        return scan.attachments;
    }

    /** Size of the body, in bytes. */
    public int bytes() {
        return document.length();
    }

    /**
     * Hands out every piece of text the model is to read, decoded, in order: message contents,
     * names, tool calls. Meant for requests whose estimate needs more than {@link #promptBytes}:
     * walks the body again where that is long.
     */
    public void visitText(Consumer<? super String> visitor) {
        meterText((json, from, to) -> visitor.accept(JsonText.decode(json, from, to)));
    }

    /** As {@link #visitText}, without making strings. */
    @Override
    public void meterText(OutputMeter meter) {
        // A system prompt goes first, wherever it stands.
        if (scan.system == null && scan.texts <= RequestScan.TEXTS_KEPT_MAX) {
            for (int i = 0; i < scan.texts; i++) {
                meter.onText(body, scan.textFroms[i], scan.textTos[i]);
            }
            return;
        }
        meterText(scan.system, meter);
        meterText(scan.prompt, meter);
    }

    private void meterText(@Nullable ByteRange part, OutputMeter meter) {
        if (part == null) {
            return;
        }
        var cursor = JsonCursor.lenient(body, part.from(), part.to());
        try {
            new PromptWalker(meter).value(body, cursor, true);
        } catch (JsonFaultException e) {
            throw new IllegalStateException("the body changed after it was scanned", e);
        }
    }

    /** No text of the request: it may be secret. */
    @Override
    public String toString() {
        return "ChatRequest[" + document.length() + " bytes]";
    }

    /** What {@link ChatRequestReader} found. Filled by it alone and never changed afterwards. */
    static final class RequestScan implements OutputMeter {
        /** Pieces of the prompt whose places are kept; of more of them none is. */
        static final int TEXTS_KEPT_MAX = 8;

        String model = "";
        @Nullable ObjectMember modelMember;
        int open;
        boolean empty = true;
        boolean stream;
        @Nullable ObjectMember streamMember;
        boolean includeUsage;
        @Nullable ObjectMember options;
        boolean chatOptions = true;
        boolean optionsAreObject;
        boolean optionsAreEmpty = true;
        boolean optionsHaveOthers;
        @Nullable ByteRange includeUsageValue;
        @Nullable ByteRange continuousUsageValue;
        @Nullable ObjectMember metadataMember;
        Map<String, String> metadata = Map.of();
        List<String> unrecorded = List.of();
        RequestShape shape = RequestShape.OTHER;
        boolean base64;
        @Nullable String previousResponse;
        @Nullable ObjectMember previousMember;
        int maxTokens = -1;
        int choices = 1;
        @Nullable String user;
        @Nullable ByteRange prompt;
        @Nullable ByteRange system;
        int messages;
        long promptBytes;
        final int[] textFroms = new int[TEXTS_KEPT_MAX];
        final int[] textTos = new int[TEXTS_KEPT_MAX];
        int texts;
        int promptNumbers;
        int attachments;
        long toolBytes;

        /** A piece of the text that the model is to read. */
        @Override
        public void onText(byte[] json, int from, int to) {
            promptBytes += to - from;
            if (texts < TEXTS_KEPT_MAX) {
                textFroms[texts] = from;
                textTos[texts] = to;
            }
            texts++;
        }
    }
}
