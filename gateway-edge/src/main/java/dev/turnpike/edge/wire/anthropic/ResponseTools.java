package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tools of a request of the responses route as tools of a chat. A tool that takes a text
 * becomes a function with this text as its one argument. Tools that run at OpenAI are left out.
 */
final class ResponseTools {
    /** The one argument of a function that stands for a tool which takes a text. */
    static final String TEXT = "input";

    private static final String TEXT_PARAMETERS =
            "{\"type\":\"object\",\"properties\":{\"input\":{\"type\":\"string\",\"description\":"
                    + "\"All of the tool's input, as plain text\"}},\"required\":[\"input\"],"
                    + "\"additionalProperties\":false}";

    private ResponseTools() {}

    /**
     * @param ignored gets the places of the tools that are left out
     * @throws BodyFaultException if the choice is of a tool that is left out, or of any where all
     *     are
     */
    static void write(Map<String, JsonView> request, JsonOut out, List<String> ignored)
            throws BodyFaultException {
        var tools = request.get("tools");
        var elements = tools == null ? List.<JsonView>of() : tools.elements();
        var told = new ArrayList<Map<String, JsonView>>();
        for (int i = 0; i < elements.size(); i++) {
            var tool = elements.get(i).members();
            if (runsAtClient(tool)) {
                told.add(tool);
            } else {
                ignored.add("tools." + i);
            }
        }
        if (!told.isEmpty()) {
            out.name("tools").array();
            told.forEach(tool -> tool(tool, out));
            out.endArray();
        }
        var choice = request.get("tool_choice");
        if (told.isEmpty() && choice != null && choice.is("required")) {
            throw Unsupported.of("tool_choice", "A call of tools that run at the provider");
        }
        choice(choice, out);
    }

    private static boolean runsAtClient(Map<String, JsonView> tool) {
        return ChatToMessages.typeIs(tool, "function") || ChatToMessages.typeIs(tool, "custom");
    }

    private static void tool(Map<String, JsonView> tool, JsonOut out) {
        out.object().member("type", "function").name("function").object();
        out.optional("name", tool.get("name"));
        if (ChatToMessages.typeIs(tool, "custom")) {
            var description = description(tool);
            if (!description.isEmpty()) {
                out.member("description", description);
            }
            out.name("parameters").literal(TEXT_PARAMETERS);
        } else {
            out.optional("description", tool.get("description"));
            out.optional("parameters", tool.get("parameters"));
            out.optional("strict", tool.get("strict"));
        }
        out.endObject().endObject();
    }

    /** Nothing holds this model to a grammar, so it is told. */
    private static String description(Map<String, JsonView> tool) {
        var description = JsonView.text(tool, "description");
        var format = tool.get("format");
        var members = format == null ? Map.<String, JsonView>of() : format.members();
        var grammar = JsonView.text(members, "definition");
        if (grammar.isEmpty()) {
            return description;
        }
        var syntax = JsonView.text(members, "syntax");
        var told =
                "The input must follow this grammar"
                        + (syntax.isEmpty() ? "" : " (" + syntax + ")")
                        + ":\n"
                        + grammar;
        return description.isEmpty() ? told : description + "\n\n" + told;
    }

    private static void choice(@Nullable JsonView choice, JsonOut out) throws BodyFaultException {
        if (choice == null) {
            return;
        }
        if (choice.isString()) {
            out.member("tool_choice", choice);
            return;
        }
        if (!runsAtClient(choice.members())) {
            throw Unsupported.of("tool_choice", "This choice of tools");
        }
        out.name("tool_choice").object().member("type", "function").name("function").object();
        out.optional("name", choice.members().get("name")).endObject().endObject();
    }

    /** The arguments of a call that an item of the history tells of, as chats have them. */
    static void arguments(Map<String, JsonView> call, JsonOut out) {
        if (!ChatToMessages.typeIs(call, "custom_tool_call")) {
            out.optional("arguments", call.get("arguments"));
            return;
        }
        var text = call.get(TEXT);
        if (text != null) {
            out.member("arguments", "{\"" + TEXT + "\":" + text.spelling() + "}");
        }
    }
}
