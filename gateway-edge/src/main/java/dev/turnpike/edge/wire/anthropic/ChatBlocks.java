package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.JsonFaultException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The content of chat messages as content blocks of the Messages API. */
final class ChatBlocks {
    /** One content block that knows how it is written. */
    interface Block {
        void write(JsonOut out);
    }

    /**
     * A text with something in it.
     *
     * @param cache how long it is to be remembered
     */
    record Text(JsonView text, @Nullable JsonView cache) implements Block {
        @Override
        public void write(JsonOut out) {
            out.object().member("type", "text").member("text", text);
            out.optional("cache_control", cache).endObject();
        }

        /** The same without the space at its end. */
        Block stripped() {
            var said = text.text();
            var stripped = said.stripTrailing();
            return stripped.length() == said.length()
                    ? this
                    : out -> {
                        out.object().member("type", "text").member("text", stripped);
                        out.optional("cache_control", cache).endObject();
                    };
        }
    }

    private ChatBlocks() {}

    /** Content that can only be text: of system messages. */
    static void texts(@Nullable JsonView content, String param, List<Block> into)
            throws BodyFaultException {
        if (content == null) {
            return;
        }
        if (content.isString()) {
            text(content, null, into);
            return;
        }
        for (var part : parts(content, param)) {
            var members = part.members();
            if (!ChatToMessages.typeIs(members, "text")) {
                throw Unsupported.of(param, "A part that is no text");
            }
            text(members.get("text"), members.get("cache_control"), into);
        }
    }

    /** Content of a user message. */
    static void user(@Nullable JsonView content, String param, List<Block> into)
            throws BodyFaultException {
        if (content == null || content.isString()) {
            text(content, null, into);
            return;
        }
        var parts = parts(content, param);
        for (int i = 0; i < parts.size(); i++) {
            part(parts.get(i), param + "[" + i + "]", into);
        }
    }

    private static List<JsonView> parts(JsonView content, String param) throws BodyFaultException {
        if (!content.isArray()) {
            throw Unsupported.type(param, "a string or an array");
        }
        return content.elements();
    }

    private static void part(JsonView part, String param, List<Block> into)
            throws BodyFaultException {
        var members = part.members();
        var cache = members.get("cache_control");
        switch (JsonView.text(members, "type")) {
            case "text" -> text(members.get("text"), cache, into);
            case "refusal" -> text(members.get("refusal"), cache, into);
            case "image_url" -> into.add(image(members.get("image_url"), param, cache));
            case "file" -> into.add(file(members.get("file"), param, cache));
            // What a client says in Anthropic's own words.
            case "image", "document", "search_result" -> into.add(out -> out.raw(part));
            case "input_audio" -> throw Unsupported.of(param, "Audio input");
            default -> throw Unsupported.of(param + ".type", "This type of content");
        }
    }

    /** Texts of nothing but space are left out: they are refused. */
    private static void text(@Nullable JsonView text, @Nullable JsonView cache, List<Block> into) {
        if (text == null || !text.isString() || text.isBlankString()) {
            return;
        }
        into.add(new Text(text, cache));
    }

    private static Block image(@Nullable JsonView image, String param, @Nullable JsonView cache)
            throws BodyFaultException {
        var url =
                image == null
                        ? null
                        : image.isString() ? image : JsonView.string(image.members(), "url");
        if (url == null) {
            throw Unsupported.type(param + ".image_url.url", "a string");
        }
        var data = DataUri.of(url);
        if (data == null) {
            return out ->
                    out.object()
                            .member("type", "image")
                            .name("source")
                            .object()
                            .member("type", "url")
                            .member("url", url)
                            .endObject()
                            .optional("cache_control", cache)
                            .endObject();
        }
        if (!data.image() && !data.document()) {
            throw Unsupported.of(param + ".image_url.url", "This type of image");
        }
        return source(data, cache);
    }

    private static Block file(@Nullable JsonView file, String param, @Nullable JsonView cache)
            throws BodyFaultException {
        var content = file == null ? null : JsonView.string(file.members(), "file_data");
        var data = content == null ? null : DataUri.of(content);
        if (data == null || !data.document()) {
            throw Unsupported.of(param, "A file that is no PDF given in place");
        }
        return source(data, cache);
    }

    private static Block source(DataUri data, @Nullable JsonView cache) {
        return out -> {
            out.object().member("type", data.document() ? "document" : "image");
            out.name("source").object().member("type", "base64");
            out.member("media_type", data.mediaType()).name("data");
            data.writeContent(out);
            out.endObject().optional("cache_control", cache).endObject();
        };
    }

    /**
     * Signed thinking that a client sends back.
     *
     * @return whether there was any
     */
    static boolean thinking(@Nullable JsonView blocks, List<Block> into) {
        if (blocks == null) {
            return false;
        }
        boolean any = false;
        for (var block : blocks.elements()) {
            var members = block.members();
            var signature = JsonView.string(members, "signature");
            if (signature != null) {
                var thinking = members.get("thinking");
                into.add(out -> {
                    out.object().member("type", "thinking").name("thinking");
                    if (thinking == null) {
                        out.text("");
                    } else {
                        out.raw(thinking);
                    }
                    out.member("signature", signature).endObject();
                });
                any = true;
            } else if (ChatToMessages.typeIs(members, "redacted_thinking")) {
                into.add(out ->
                        out.object()
                                .member("type", "redacted_thinking")
                                .optional("data", members.get("data"))
                                .endObject());
                any = true;
            }
        }
        return any;
    }

    /** What an assistant said and which tools it called. */
    static void assistant(Map<String, JsonView> message, String param, List<Block> into)
            throws BodyFaultException {
        user(message.get("content"), param + ".content", into);
        text(message.get("refusal"), null, into);
        if (message.containsKey("function_call")) {
            throw Unsupported.parameter(param + ".function_call", "'function_call'");
        }
        var calls = message.get("tool_calls");
        if (calls == null) {
            return;
        }
        var elements = calls.elements();
        for (int i = 0; i < elements.size(); i++) {
            into.add(toolUse(elements.get(i).members(), param + ".tool_calls[" + i + "]"));
        }
    }

    private static Block toolUse(Map<String, JsonView> call, String param)
            throws BodyFaultException {
        var described = call.get("function");
        if (described == null) {
            throw Unsupported.of(param + ".type", "This type of tool call");
        }
        var function = described.members();
        var id = toolId(call.get("id"), param + ".id");
        var name = function.get("name");
        var input = input(function.get("arguments"), param + ".function.arguments");
        return out ->
                out.object()
                        .member("type", "tool_use")
                        .member("id", id)
                        .optional("name", name)
                        .name("input")
                        .raw(input)
                        .endObject();
    }

    /**
     * Arguments are JSON within a string, and nothing at all means none. Some clients send the
     * object itself.
     */
    private static byte[] input(@Nullable JsonView arguments, String param)
            throws BodyFaultException {
        if (arguments != null && arguments.isObject()) {
            return arguments.copy();
        }
        if (arguments != null && !arguments.isString()) {
            throw Unsupported.type(param, "a JSON object in a string");
        }
        var text = arguments == null ? "" : arguments.text().strip();
        var json = (text.isEmpty() ? "{}" : text).getBytes(StandardCharsets.UTF_8);
        try {
            if (JsonView.check(json, 0, json.length).isObject()) {
                return json;
            }
        } catch (JsonFaultException e) {
            // Said below.
        }
        throw Unsupported.invalid(param, "'" + param + "' must be a JSON object in a string");
    }

    /** The result of a tool. */
    static Block result(Map<String, JsonView> message, String param) throws BodyFaultException {
        var id = toolId(message.get("tool_call_id"), param + ".tool_call_id");
        var content = message.get("content");
        var failed = message.get("is_error");
        var parts = new ArrayList<Block>();
        if (content != null && content.isArray()) {
            user(content, param + ".content", parts);
        }
        return out -> {
            out.object().member("type", "tool_result").member("tool_use_id", id);
            if (!parts.isEmpty()) {
                out.name("content").array();
                parts.forEach(part -> part.write(out));
                out.endArray();
            } else if (content != null && content.isString() && !content.isBlankString()) {
                out.member("content", content);
            }
            if (failed != null && failed.isTrue()) {
                out.name("is_error").bool(true);
            }
            out.endObject();
        };
    }

    /** Other vendors' ids may hold characters that are refused; both ends are changed alike. */
    private static String toolId(@Nullable JsonView id, String param) throws BodyFaultException {
        var text = id == null ? "" : id.text();
        if (text.isEmpty()) {
            throw Unsupported.type(param, "a string");
        }
        return text.replaceAll("[^a-zA-Z0-9_-]", "_");
    }
}
