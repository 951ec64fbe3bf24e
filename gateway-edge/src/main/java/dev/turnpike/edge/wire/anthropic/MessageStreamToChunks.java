package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.JsonFaultException.Reason;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The event stream of a message, told as chunks of a chat completion. */
public final class MessageStreamToChunks extends MessageToldStream {
    /** Content blocks of one message. */
    static final int BLOCKS_MAX = 4_096;

    /** Thinking remembered so that it can be sent back signed, in bytes; longer is not. */
    static final int THINKING_BYTES_MAX = 256 << 10;

    private final Map<Long, Open> blocks = new LinkedHashMap<>();
    private int tools;
    private int signed;
    private int remembered;
    private boolean begun;

    /** A content block that was begun. */
    private static final class Open {
        final String type;
        final int place;
        byte @Nullable [] input;
        boolean spoken;
        @Nullable JsonOut thinking;

        Open(String type, int place) {
            this.type = type;
            this.place = place;
        }
    }

    /**
     * @param meter told of all generated text
     * @param estimate asked when the upstream reported no usage
     * @param nanoTime like {@link System#nanoTime}
     */
    public MessageStreamToChunks(
            MessageView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        super(view, meter, estimate, nanoTime);
    }

    @Override
    void begin() {
        if (!begun) {
            begun = true;
            chunk().object().member("role", "assistant").member("content", "").endObject();
            endChunk(null);
        }
    }

    @Override
    void blockStart(Map<String, JsonView> event) throws JsonFaultException {
        begin();
        var described = event.get("content_block");
        if (described == null) {
            throw new JsonFaultException(Reason.NOT_JSON, 0);
        }
        if (blocks.size() == BLOCKS_MAX) {
            throw new JsonFaultException(Reason.TOO_MANY_VALUES, described.from());
        }
        var block = described.members();
        var type = JsonView.text(block, "type");
        switch (type) {
            case "tool_use" -> toolStart(event, block);
            case "text" -> {
                open(event, new Open(type, 0));
                content(block.get("text"));
            }
            case "thinking" -> {
                var open = new Open(type, signed++);
                open.thinking = new JsonOut(256);
                open(event, open);
                reasoning(open, block.get("thinking"));
                sign(open, block.get("signature"));
            }
            case "redacted_thinking" -> redacted(block.get("data"));
            default -> open(event, new Open(type, 0));
        }
    }

    private void open(Map<String, JsonView> event, Open block) {
        blocks.put(index(event), block);
    }

    private void toolStart(Map<String, JsonView> event, Map<String, JsonView> block) {
        var open = new Open("tool_use", tools++);
        var input = block.get("input");
        if (input != null && !input.members().isEmpty()) {
            open.input = input.copy();
        }
        open(event, open);
        toolDelta(open);
        out.optional("id", block.get("id")).member("type", "function");
        out.name("function").object().optional("name", block.get("name"));
        out.member("arguments", "").endObject();
        endToolDelta();
        var name = block.get("name");
        if (name != null) {
            generated(name);
        }
    }

    @Override
    void blockDelta(Map<String, JsonView> event) {
        var open = blocks.get(index(event));
        var described = event.get("delta");
        if (open == null || described == null) {
            return;
        }
        var delta = described.members();
        switch (JsonView.text(delta, "type")) {
            case "text_delta" -> content(delta.get("text"));
            case "thinking_delta" -> reasoning(open, delta.get("thinking"));
            case "input_json_delta" -> arguments(open, delta.get("partial_json"));
            case "signature_delta" -> sign(open, delta.get("signature"));
            default -> {
                // Citations and what is yet to come have no place in a chat completion.
            }
        }
    }

    private void content(@Nullable JsonView text) {
        if (text != null && text.isString() && !text.isEmptyString()) {
            generated(text);
            chunk().object().member("content", text).endObject();
            endChunk(null);
        }
    }

    private void reasoning(Open open, @Nullable JsonView text) {
        if (text == null || !text.isString() || text.isEmptyString()) {
            return;
        }
        generated(text);
        chunk().object().member("reasoning_content", text).endObject();
        endChunk(null);
        var memory = open.thinking;
        remembered += text.to() - text.from();
        if (memory != null && remembered <= THINKING_BYTES_MAX) {
            memory.insides(text);
        } else {
            open.thinking = null;
        }
    }

    private void arguments(Open open, @Nullable JsonView piece) {
        if (!open.type.equals("tool_use")
                || piece == null
                || !piece.isString()
                || piece.isEmptyString()) {
            return;
        }
        open.spoken = true;
        generated(piece);
        toolDelta(open);
        out.name("function").object().member("arguments", piece).endObject();
        endToolDelta();
    }

    /** The signature ends a thinking block, so that what was thought can be sent back with it. */
    private void sign(Open open, @Nullable JsonView signature) {
        var memory = open.thinking;
        if (memory == null || signature == null || signature.isEmptyString()) {
            return;
        }
        open.thinking = null;
        chunk().object().name("thinking_blocks").array().object();
        out.name("index").number(open.place).member("type", "thinking");
        out.name("thinking").insideOf(memory).member("signature", signature);
        out.endObject().endArray().endObject();
        endChunk(null);
    }

    private void redacted(@Nullable JsonView data) {
        chunk().object().name("thinking_blocks").array().object();
        out.name("index").number(signed++).member("type", "redacted_thinking");
        out.optional("data", data).endObject().endArray().endObject();
        endChunk(null);
    }

    @Override
    void blockStop(Map<String, JsonView> event) {
        var open = blocks.remove(index(event));
        if (open != null) {
            complete(open);
        }
    }

    /** Arguments that came with the start of the block, or none at all. */
    private void complete(Open open) {
        if (!open.type.equals("tool_use") || open.spoken) {
            return;
        }
        open.spoken = true;
        var input = open.input;
        var text = input == null ? "{}" : new String(input, StandardCharsets.UTF_8);
        toolDelta(open);
        out.name("function").object().member("arguments", text).endObject();
        endToolDelta();
    }

    @Override
    void finished(String reason, Map<String, JsonView> delta) {
        blocks.values().forEach(this::complete);
        begin();
        chunk().object().optional("refusal", explanation(delta)).endObject();
        endChunk(reason);
    }

    /** Why a model refused, if it said so. */
    static @Nullable JsonView explanation(Map<String, JsonView> message) {
        var details = message.get("stop_details");
        return details == null ? null : JsonView.string(details.members(), "explanation");
    }

    @Override
    void writeEnd(RawUsage counted) {
        if (finish() == null) { // Ended without a reason, but in order.
            finishWith("stop", Map.of());
        }
        if (view.wantsUsage()) {
            head().name("choices").array().endArray();
            out.name("usage").raw(counted.toChatJson()).endObject().frame("\n\n");
        }
        out.frame("data: [DONE]\n\n");
    }

    private void toolDelta(Open open) {
        chunk().object().name("tool_calls").array().object().name("index").number(open.place);
    }

    private void endToolDelta() {
        out.endObject().endArray().endObject();
        endChunk(null);
    }

    private JsonOut head() {
        out.frame("data: ").object();
        out.member("id", "chatcmpl-" + view.requestId());
        out.member("object", "chat.completion.chunk");
        out.name("created").number(view.createdSeconds());
        return out.member("model", view.publicModel());
    }

    /** Begins a chunk up to its delta, which must follow. */
    private JsonOut chunk() {
        return head().name("choices").array().object().name("index").number(0).name("delta");
    }

    private void endChunk(@Nullable String reason) {
        out.name("finish_reason");
        if (reason == null) {
            out.literal("null");
        } else {
            out.text(reason);
        }
        out.endObject().endArray();
        if (view.wantsUsage()) {
            out.name("usage").literal("null");
        }
        out.endObject().frame("\n\n");
    }
}
