package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The turns of a messages request as the messages of a chat. */
final class MessageTurns {
    private static final String LINE = "\\n";

    private final JsonOut out;

    private MessageTurns(JsonOut out) {
        this.out = out;
    }

    /** All system blocks as one message. */
    static void writeSystem(@Nullable JsonView system, JsonOut out) {
        if (system == null) {
            return;
        }
        var text = new JsonOut(256);
        if (texts(system, text) > 0) {
            out.object().member("role", "system").name("content").insideOf(text).endObject();
        }
    }

    /**
     * @throws BodyFaultException naming a block that cannot be said in a chat
     */
    static void write(List<JsonView> messages, JsonOut out) throws BodyFaultException {
        var turns = new MessageTurns(out);
        for (int i = 0; i < messages.size(); i++) {
            turns.message(messages.get(i).members(), "messages[" + i + "]");
        }
    }

    private void message(Map<String, JsonView> message, String param) throws BodyFaultException {
        var content = message.get("content");
        switch (JsonView.text(message, "role")) {
            case "user" -> user(content, param + ".content");
            case "assistant" -> assistant(content, param + ".content");
            case "system" -> writeSystem(content, out);
            default -> throw Unsupported.of(param + ".role", "This role");
        }
    }

    /** Puts texts one below the other; returns how many there were. */
    private static int texts(JsonView content, JsonOut into) {
        if (content.isString()) {
            into.insides(content);
            return content.isEmptyString() ? 0 : 1;
        }
        int count = 0;
        for (var block : content.elements()) {
            var text = JsonView.string(block.members(), "text");
            if (text != null) {
                if (count++ > 0) {
                    into.frame(LINE);
                }
                into.insides(text);
            }
        }
        return count;
    }

    private void user(@Nullable JsonView content, String param) throws BodyFaultException {
        if (content == null) {
            return;
        }
        if (content.isString()) {
            out.object().member("role", "user").member("content", content).endObject();
            return;
        }
        var parts = new ArrayList<ChatBlocks.Block>();
        var blocks = content.elements();
        for (int i = 0; i < blocks.size(); i++) {
            block(blocks.get(i).members(), param + "[" + i + "]", parts);
        }
        if (parts.isEmpty()) {
            return;
        }
        out.object().member("role", "user").name("content").array();
        parts.forEach(part -> part.write(out));
        out.endArray().endObject();
    }

    /** Writes results of tools at once, in front of what the user says; collects the rest. */
    private void block(Map<String, JsonView> block, String param, List<ChatBlocks.Block> parts)
            throws BodyFaultException {
        switch (JsonView.text(block, "type")) {
            case "text" -> {
                var text = block.get("text");
                if (text != null && text.isString()) {
                    parts.add(textPart(text));
                }
            }
            case "image" -> parts.add(image(block.get("source"), param));
            case "document" -> parts.add(document(block, param));
            case "tool_result" -> result(block, param, parts);
            default -> throw Unsupported.of(param + ".type", "This type of content");
        }
    }

    private static ChatBlocks.Block textPart(JsonView text) {
        return to -> to.object().member("type", "text").member("text", text).endObject();
    }

    private void result(Map<String, JsonView> block, String param, List<ChatBlocks.Block> parts)
            throws BodyFaultException {
        var text = new JsonOut(256);
        var content = block.get("content");
        if (content != null) {
            texts(content, text);
            var inner = content.elements();
            for (int i = 0; i < inner.size(); i++) {
                var members = inner.get(i).members();
                var at = param + ".content[" + i + "]";
                switch (JsonView.text(members, "type")) {
                    case "text" -> {
                        // Taken above.
                    }
                    case "image" -> parts.add(image(members.get("source"), at));
                    case "document" -> parts.add(document(members, at));
                    default -> throw Unsupported.of(at + ".type", "This type of content");
                }
            }
        }
        out.object().member("role", "tool");
        out.optional("tool_call_id", block.get("tool_use_id"));
        out.name("content").insideOf(text).endObject();
    }

    private static ChatBlocks.Block image(@Nullable JsonView source, String param)
            throws BodyFaultException {
        var members = source == null ? Map.<String, JsonView>of() : source.members();
        var url = members.get("url");
        var data = members.get("data");
        if (url == null && data == null) {
            throw Unsupported.of(param + ".source", "This source of an image");
        }
        return to -> {
            to.object().member("type", "image_url").name("image_url").object().name("url");
            if (url != null) {
                to.raw(url);
            } else {
                dataUri(members, to);
            }
            to.endObject().endObject();
        };
    }

    private static void dataUri(Map<String, JsonView> source, JsonOut to) {
        var uri = new JsonOut(256).frame("data:");
        var type = source.get("media_type");
        var data = source.get("data");
        if (type != null && type.isString()) {
            uri.insides(type);
        }
        uri.frame(";base64,");
        if (data != null && data.isString()) {
            uri.insides(data);
        }
        to.insideOf(uri);
    }

    private static ChatBlocks.Block document(Map<String, JsonView> block, String param)
            throws BodyFaultException {
        var source = block.get("source");
        var members = source == null ? Map.<String, JsonView>of() : source.members();
        var data = members.get("data");
        if (data != null && ChatToMessages.typeIs(members, "text")) {
            return textPart(data);
        }
        if (data == null || !ChatToMessages.typeIs(members, "base64")) {
            throw Unsupported.of(param + ".source", "This source of a document");
        }
        var title = JsonView.string(block, "title");
        return to -> {
            to.object().member("type", "file").name("file").object().name("filename");
            if (title == null) {
                to.text("document.pdf");
            } else {
                to.raw(title);
            }
            to.name("file_data");
            dataUri(members, to);
            to.endObject().endObject();
        };
    }

    /** Text and tool calls; thinking stays with the one who thought. */
    private void assistant(@Nullable JsonView content, String param) throws BodyFaultException {
        var text = new JsonOut(256);
        int texts = content == null ? 0 : texts(content, text);
        var calls = new ArrayList<Map<String, JsonView>>();
        if (content != null) {
            for (var block : content.elements()) {
                var members = block.members();
                if (ChatToMessages.typeIs(members, "tool_use")) {
                    calls.add(members);
                }
            }
        }
        if (texts == 0 && calls.isEmpty()) {
            return;
        }
        out.object().member("role", "assistant").name("content");
        if (texts == 0) {
            out.literal("null");
        } else {
            out.insideOf(text);
        }
        if (!calls.isEmpty()) {
            out.name("tool_calls").array();
            for (var call : calls) {
                toolCall(call, param);
            }
            out.endArray();
        }
        out.endObject();
    }

    private void toolCall(Map<String, JsonView> call, String param) throws BodyFaultException {
        if (!call.containsKey("id") || !call.containsKey("name")) {
            throw Unsupported.type(param, "made of blocks that have what their type asks for");
        }
        var input = call.get("input");
        out.object().optional("id", call.get("id")).member("type", "function");
        out.name("function").object().optional("name", call.get("name"));
        out.member("arguments", input == null ? "{}" : input.spelling());
        out.endObject().endObject();
    }
}
