package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.JsonFaultException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a request of the responses route into the words of chat completions, as far as a model can
 * answer it for which nothing is stored: what names something stored, or asks for it, is refused.
 */
public final class ResponsesToChat {
    private static final int TRANSLATED_EXTRA_BYTES = 512;

    /** Members that go on under the same name. */
    private static final List<String> SAME =
            List.of(
                    "model",
                    "stream",
                    "temperature",
                    "top_p",
                    "parallel_tool_calls",
                    "user",
                    "safety_identifier");

    private static final Set<String> HANDLED =
            Set.of(
                    "input",
                    "instructions",
                    "max_output_tokens",
                    "tools",
                    "tool_choice",
                    "reasoning",
                    "text",
                    "include",
                    "metadata",
                    "store",
                    "background",
                    "conversation",
                    "previous_response_id",
                    "prompt");

    private final Map<String, JsonView> request;
    private final JsonOut out;
    private final List<String> ignored = new ArrayList<>();

    /** What an assistant's items said and did, until it is another's turn. */
    private final List<byte[]> thinking = new ArrayList<>();

    private final List<JsonView> said = new ArrayList<>();
    private final List<Map<String, JsonView>> calls = new ArrayList<>();

    private ResponsesToChat(JsonView body) {
        this.request = body.members();
        this.out = new JsonOut(body.to() - body.from() + TRANSLATED_EXTRA_BYTES);
    }

    /**
     * @param body a request that was scanned before
     * @throws BodyFaultException if it asks for something that cannot be asked without a store
     */
    public static Translation translate(byte[] body, int from, int to) throws BodyFaultException {
        var translator = new ResponsesToChat(JsonView.of(body, from, to));
        translator.request();
        return new Translation(translator.out.slice(), translator.ignored);
    }

    private void request() throws BodyFaultException {
        refuse();
        out.object();
        for (var name : SAME) {
            out.optional(name, request.get(name));
        }
        out.optional("max_completion_tokens", request.get("max_output_tokens"));
        messages();
        ResponseTools.write(request, out, ignored);
        reasoning();
        format();
        out.endObject();
        for (var name : request.keySet()) {
            if (!HANDLED.contains(name) && !SAME.contains(name)) {
                ignored.add(name);
            }
        }
    }

    private void refuse() throws BodyFaultException {
        for (var name : List.of("previous_response_id", "conversation", "prompt")) {
            if (request.containsKey(name)) {
                throw Unsupported.parameter(name, "What is stored");
            }
        }
        for (var name : List.of("store", "background")) {
            var value = request.get(name);
            if (value != null && value.isTrue()) {
                throw Unsupported.of(name, "Storing responses");
            }
        }
    }

    private void messages() throws BodyFaultException {
        out.name("messages").array();
        var instructions = JsonView.string(request, "instructions");
        if (instructions != null) {
            out.object().member("role", "system").member("content", instructions).endObject();
        }
        var input = request.get("input");
        if (input == null) {
            throw Unsupported.missing("input");
        }
        if (input.isString()) {
            out.object().member("role", "user").member("content", input).endObject();
        } else {
            var items = input.elements();
            for (int i = 0; i < items.size(); i++) {
                item(items.get(i).members(), "input[" + i + "]");
            }
            assistantEnds();
        }
        out.endArray();
    }

    private void item(Map<String, JsonView> item, String param) throws BodyFaultException {
        var type = JsonView.text(item, "type");
        switch (type.isEmpty() ? "message" : type) {
            case "message" -> message(item, param);
            case "function_call", "custom_tool_call" -> calls.add(item);
            case "function_call_output", "custom_tool_call_output" -> {
                assistantEnds();
                out.object().member("role", "tool");
                out.optional("tool_call_id", item.get("call_id"));
                content(item.get("output"), param + ".output");
                out.endObject();
            }
            case "reasoning" -> {
                if (!said.isEmpty() || !calls.isEmpty()) {
                    assistantEnds();
                }
                signed(JsonView.string(item, "encrypted_content"));
            }
            // What tools did that run at OpenAI: they are left out themselves.
            case "web_search_call",
                    "file_search_call",
                    "code_interpreter_call",
                    "image_generation_call",
                    "mcp_list_tools",
                    "mcp_call" ->
                    ignored.add(param.replace('[', '.').replace("]", ""));
            default -> throw Unsupported.of(param + ".type", "This type of input");
        }
    }

    private void message(Map<String, JsonView> item, String param) throws BodyFaultException {
        var role = JsonView.text(item, "role");
        if (role.equals("assistant")) {
            if (!calls.isEmpty()) {
                assistantEnds(); // What is said after a call stays behind it.
            }
            var content = item.get("content");
            if (content != null) {
                said.add(content);
            }
            return;
        }
        assistantEnds();
        out.object().optional("role", item.get("role"));
        content(item.get("content"), param + ".content");
        out.endObject();
    }

    /** Reasoning that we gave out; what others gave out is of no use to this model. */
    private void signed(@Nullable JsonView encrypted) {
        if (encrypted == null) {
            return;
        }
        try {
            var block = Base64.getDecoder().decode(encrypted.text());
            if (JsonView.check(block, 0, block.length).isObject()) {
                thinking.add(block);
            }
        } catch (IllegalArgumentException | JsonFaultException e) {
            // Then it is not ours.
        }
    }

    private void assistantEnds() throws BodyFaultException {
        if (!said.isEmpty() || !calls.isEmpty()) {
            out.object().member("role", "assistant");
            out.name("content").array();
            for (var content : said) {
                parts(content, "input");
            }
            out.endArray();
            calls();
            if (!thinking.isEmpty()) {
                out.name("thinking_blocks").array();
                thinking.forEach(out::raw);
                out.endArray();
            }
            out.endObject();
        }
        thinking.clear();
        said.clear();
        calls.clear();
    }

    private void calls() {
        if (calls.isEmpty()) {
            return;
        }
        out.name("tool_calls").array();
        for (var call : calls) {
            out.object().optional("id", call.get("call_id")).member("type", "function");
            out.name("function").object().optional("name", call.get("name"));
            ResponseTools.arguments(call, out);
            out.endObject().endObject();
        }
        out.endArray();
    }

    private void content(@Nullable JsonView content, String param) throws BodyFaultException {
        if (content == null) {
            return;
        }
        if (content.isString()) {
            out.member("content", content);
            return;
        }
        out.name("content").array();
        parts(content, param);
        out.endArray();
    }

    private void parts(JsonView content, String param) throws BodyFaultException {
        if (content.isString()) {
            out.object().member("type", "text").member("text", content).endObject();
            return;
        }
        if (!content.isArray()) {
            throw Unsupported.type(param, "a string or an array");
        }
        var parts = content.elements();
        for (int i = 0; i < parts.size(); i++) {
            part(parts.get(i).members(), param + "[" + i + "]");
        }
    }

    private void part(Map<String, JsonView> part, String param) throws BodyFaultException {
        switch (JsonView.text(part, "type")) {
            case "input_text", "output_text", "text" ->
                    out.object()
                            .member("type", "text")
                            .optional("text", part.get("text"))
                            .optional("cache_control", part.get("cache_control"))
                            .endObject();
            case "refusal" ->
                    out.object()
                            .member("type", "refusal")
                            .optional("refusal", part.get("refusal"))
                            .endObject();
            case "input_image" -> {
                var url = JsonView.string(part, "image_url");
                if (url == null) {
                    throw Unsupported.of(param + ".file_id", "An uploaded image");
                }
                out.object().member("type", "image_url").name("image_url");
                out.object().member("url", url).endObject().endObject();
            }
            case "input_file" -> {
                var data = JsonView.string(part, "file_data");
                if (data == null) {
                    throw Unsupported.of(param, "A file that is not given in place");
                }
                out.object().member("type", "file").name("file");
                out.object().member("file_data", data).endObject().endObject();
            }
            case "input_audio" -> throw Unsupported.of(param, "Audio input");
            default -> throw Unsupported.of(param + ".type", "This type of content");
        }
    }

    private void reasoning() {
        var reasoning = request.get("reasoning");
        if (reasoning != null) {
            out.optional("reasoning_effort", reasoning.members().get("effort"));
        }
    }

    private void format() {
        var text = request.get("text");
        var format = text == null ? null : text.members().get("format");
        if (format == null) {
            return;
        }
        var members = format.members();
        out.name("response_format").object().optional("type", members.get("type"));
        if (ChatToMessages.typeIs(members, "json_schema")) {
            out.name("json_schema").object();
            for (var name : List.of("name", "schema", "strict")) {
                out.optional(name, members.get(name));
            }
            out.endObject();
        }
        out.endObject();
    }
}
