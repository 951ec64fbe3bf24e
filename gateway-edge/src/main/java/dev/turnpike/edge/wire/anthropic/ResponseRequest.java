package dev.turnpike.edge.wire.anthropic;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request of the responses route, as far as the answer depends on it: what a response repeats of
 * it, and which of its tools take a text where a model's tools take an object.
 */
public final class ResponseRequest {
    /** Asks for reasoning in a form that can be sent back. */
    private static final String REASONING = "reasoning.encrypted_content";

    /** Members that every response has, null where the request has none. */
    private static final List<String> ALWAYS =
            List.of("instructions", "max_output_tokens", "temperature", "top_p");

    private static final List<String> WHERE_GIVEN =
            List.of("reasoning", "safety_identifier", "user");

    private final Map<String, JsonView> request;
    private final Set<String> textTools = new HashSet<>();

    private ResponseRequest(JsonView body) {
        this.request = body.members();
        for (var tool : elements("tools")) {
            var members = tool.members();
            if (ChatToMessages.typeIs(members, "custom")) {
                textTools.add(JsonView.text(members, "name"));
            }
        }
    }

    /**
     * @param body a request that was scanned before; shared, and must not change
     */
    public static ResponseRequest of(byte[] body, int from, int to) {
        return new ResponseRequest(JsonView.of(body, from, to));
    }

    /** Whether reasoning is to be given so that it can be sent back. */
    boolean signed() {
        return elements("include").stream().anyMatch(each -> each.is(REASONING));
    }

    /** Whether the tool of that name takes a text. */
    boolean takesText(String tool) {
        return textTools.contains(tool);
    }

    private List<JsonView> elements(String name) {
        var value = request.get(name);
        return value == null ? List.of() : value.elements();
    }

    /** Writes what a response repeats, into its object. */
    void repeat(JsonOut out) {
        for (var name : ALWAYS) {
            orNull(name, request.get(name), out);
        }
        for (var name : WHERE_GIVEN) {
            out.optional(name, request.get(name));
        }
        out.name("parallel_tool_calls");
        var parallel = request.get("parallel_tool_calls");
        out.bool(parallel == null || parallel.isTrue());
        var choice = request.get("tool_choice");
        if (choice == null) {
            out.member("tool_choice", "auto");
        } else {
            out.member("tool_choice", choice);
        }
        tools(out);
        text(out);
        var metadata = request.get("metadata");
        if (metadata == null) {
            out.name("metadata").object().endObject();
        } else {
            out.member("metadata", metadata);
        }
    }

    private static void orNull(String name, @Nullable JsonView value, JsonOut out) {
        if (value == null) {
            out.name(name).literal("null");
        } else {
            out.member(name, value);
        }
    }

    /** Those that the model has heard of. */
    private void tools(JsonOut out) {
        out.name("tools").array();
        for (var tool : elements("tools")) {
            var members = tool.members();
            if (ChatToMessages.typeIs(members, "function")) {
                out.object().member("type", "function").optional("name", members.get("name"));
                out.optional("description", members.get("description"));
                orNull("parameters", members.get("parameters"), out);
                orNull("strict", members.get("strict"), out);
                out.endObject();
            } else if (ChatToMessages.typeIs(members, "custom")) {
                out.raw(tool);
            }
        }
        out.endArray();
    }

    private void text(JsonOut out) {
        var text = request.get("text");
        var members = text == null ? Map.<String, JsonView>of() : text.members();
        var format = members.get("format");
        out.name("text").object().name("format");
        if (format == null) {
            out.object().member("type", "text").endObject();
        } else {
            out.raw(format);
        }
        out.optional("verbosity", members.get("verbosity")).endObject();
    }
}
