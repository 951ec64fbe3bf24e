package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.JsonFaultException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One content block of a message as an output item of a response, as far as it is known. */
final class ResponseItem {
    /** What an item is. */
    enum Kind {
        MESSAGE("msg_"),
        REASONING("rs_"),
        CALL("fc_"),
        /** A call of a tool that takes a text. */
        TEXT_CALL("ctc_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    final Kind kind;
    final int place;
    final String id;

    /**
     * Text, thinking or arguments: the inside of a JSON string. Of a {@link Kind#TEXT_CALL} the
     * arguments until it is unwrapped, then its text.
     */
    final JsonOut inside = new JsonOut(256);

    private final byte @Nullable [] call;
    private final byte @Nullable [] name;
    private byte @Nullable [] signature;
    private byte @Nullable [] redacted;
    boolean ended;

    /**
     * @param place among the items, from 0
     * @param block whose beginning was read; what is kept of it is copied
     */
    ResponseItem(Kind kind, int place, String responseId, Map<String, JsonView> block) {
        this.kind = kind;
        this.place = place;
        this.id = kind.prefix + responseId + "_" + place;
        this.call = copy(block.get("id"));
        this.name = copy(block.get("name"));
        this.redacted = copy(block.get("data"));
        sign(JsonView.string(block, "signature"));
    }

    /** The kind of item that a content block is; null for what has no place in a response. */
    static @Nullable Kind kind(Map<String, JsonView> block, ResponseRequest asked) {
        return switch (JsonView.text(block, "type")) {
            case "text" -> Kind.MESSAGE;
            case "thinking", "redacted_thinking" -> Kind.REASONING;
            case "tool_use" ->
                    asked.takesText(JsonView.text(block, "name")) ? Kind.TEXT_CALL : Kind.CALL;
            default -> null;
        };
    }

    /** What a block holds that came whole, arguments as a JSON object. */
    static @Nullable JsonView content(Map<String, JsonView> block, Kind kind) {
        return switch (kind) {
            case MESSAGE -> block.get("text");
            case REASONING -> block.get("thinking");
            case CALL, TEXT_CALL -> block.get("input");
        };
    }

    void sign(@Nullable JsonView given) {
        if (given != null && !given.isEmptyString()) {
            signature = given.copy();
        }
    }

    /** Takes the text out of the arguments; a model that made up others of its own is quoted. */
    void unwrap() {
        var quoted = new JsonOut(inside.length() + 2).insideOf(inside).bytes();
        var arguments =
                JsonView.of(quoted, 0, quoted.length).text().getBytes(StandardCharsets.UTF_8);
        try {
            var text =
                    JsonView.check(arguments, 0, arguments.length)
                            .members()
                            .get(ResponseTools.TEXT);
            if (text != null && text.isString()) {
                inside.clear();
                inside.insides(text);
            }
        } catch (JsonFaultException e) {
            // Then it was cut in the middle.
        }
    }

    private static byte @Nullable [] copy(@Nullable JsonView value) {
        return value == null ? null : value.copy();
    }

    /** The item before anything of it was said. */
    void writeBegun(JsonOut out) {
        out.object().member("id", id);
        switch (kind) {
            case MESSAGE -> {
                out.member("type", "message").member("status", "in_progress");
                out.member("role", "assistant").name("content").array().endArray();
            }
            case REASONING -> out.member("type", "reasoning").name("summary").array().endArray();
            case CALL -> {
                out.member("type", "function_call").member("status", "in_progress");
                named(out).member("arguments", "");
            }
            case TEXT_CALL -> {
                out.member("type", "custom_tool_call").member("status", "in_progress");
                named(out).member("input", "");
            }
        }
        out.endObject();
    }

    /**
     * The whole item.
     *
     * @param signed whether reasoning is given so that it can be sent back
     */
    void write(JsonOut out, String status, boolean signed) {
        out.object().member("id", id);
        switch (kind) {
            case MESSAGE -> {
                out.member("type", "message").member("status", status);
                out.member("role", "assistant").name("content").array();
                writePart(out);
                out.endArray();
            }
            case REASONING -> {
                out.member("type", "reasoning").name("summary").array();
                if (inside.length() > 0) {
                    writePart(out);
                }
                out.endArray();
                if (signed) {
                    encrypted(out);
                }
            }
            case CALL -> {
                out.member("type", "function_call").member("status", status);
                named(out).name("arguments").insideOf(inside);
            }
            case TEXT_CALL -> {
                out.member("type", "custom_tool_call").member("status", status);
                named(out).name("input").insideOf(inside);
            }
        }
        out.endObject();
    }

    /** The one part of a message or of a summary. */
    void writePart(JsonOut out) {
        out.object();
        if (kind == Kind.MESSAGE) {
            out.member("type", "output_text").name("text").insideOf(inside);
            out.name("annotations").array().endArray().name("logprobs").array().endArray();
        } else {
            out.member("type", "summary_text").name("text").insideOf(inside);
        }
        out.endObject();
    }

    private JsonOut named(JsonOut out) {
        if (call != null) {
            out.name("call_id").raw(call);
        }
        if (name != null) {
            out.name("name").raw(name);
        }
        return out;
    }

    /** The block as the provider signed it, for {@link ResponsesToChat}. */
    private void encrypted(JsonOut out) {
        var block = new JsonOut(inside.length() + 256);
        if (signature != null) {
            block.object().member("type", "thinking").name("thinking").insideOf(inside);
            block.name("signature").raw(signature).endObject();
        } else if (redacted != null) {
            block.object().member("type", "redacted_thinking").name("data").raw(redacted);
            block.endObject();
        } else {
            return;
        }
        out.member("encrypted_content", Base64.getEncoder().encodeToString(block.bytes()));
    }
}
