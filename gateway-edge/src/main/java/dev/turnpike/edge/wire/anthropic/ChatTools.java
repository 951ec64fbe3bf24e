package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tools of a chat and how they are chosen, in the words of the Messages API. */
final class ChatTools {
    private static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

    private ChatTools() {}

    /**
     * @param thinking whether the model thinks: then no tool may be forced
     * @return whether there are tools
     */
    static boolean write(Map<String, JsonView> request, boolean thinking, JsonOut out)
            throws BodyFaultException {
        var value = request.get("tools");
        List<JsonView> tools = value == null ? List.of() : value.elements();
        if (tools.isEmpty()) {
            return false;
        }
        out.name("tools").array();
        for (int i = 0; i < tools.size(); i++) {
            tool(tools.get(i), "tools[" + i + "]", out);
        }
        out.endArray();
        choice(request, thinking, out);
        return true;
    }

    private static void tool(JsonView tool, String param, JsonOut out) throws BodyFaultException {
        var members = tool.members();
        if (!ChatToMessages.typeIs(members, "function") && !members.containsKey("function")) {
            // A tool in Anthropic's own words, of a client that knows to whom it speaks.
            boolean custom = ChatToMessages.typeIs(members, "custom");
            if (!members.containsKey("name") || (custom && !members.containsKey("input_schema"))) {
                throw Unsupported.of(param + ".type", "This type of tool");
            }
            out.raw(tool);
            return;
        }
        var described = members.get("function");
        if (described == null || !described.isObject()) {
            throw Unsupported.type(param + ".function", "an object");
        }
        var function = described.members();
        out.object();
        out.optional("name", function.get("name"));
        out.optional("description", function.get("description"));
        out.name("input_schema");
        var parameters = function.get("parameters");
        if (parameters == null || parameters.members().isEmpty()) {
            out.literal(NO_PARAMETERS);
        } else {
            out.raw(parameters);
        }
        out.optional("strict", function.get("strict"));
        out.optional("cache_control", members.get("cache_control"));
        out.endObject();
    }

    private static void choice(Map<String, JsonView> request, boolean thinking, JsonOut out)
            throws BodyFaultException {
        var parallel = request.get("parallel_tool_calls");
        boolean oneByOne = parallel != null && parallel.isFalse();
        var choice = request.get("tool_choice");
        if (choice == null && !oneByOne) {
            return;
        }
        var type = choice == null ? "auto" : type(choice);
        if (thinking && forces(type)) {
            type = "auto";
        }
        out.name("tool_choice").object().member("type", type);
        if (type.equals("tool") && choice != null) {
            out.optional("name", toolName(choice));
        }
        if (oneByOne && !type.equals("none")) {
            out.name("disable_parallel_tool_use").bool(true);
        }
        out.endObject();
    }

    /** Whether the model must call a tool, which it cannot while it thinks. */
    static boolean forced(Map<String, JsonView> request) throws BodyFaultException {
        var tools = request.get("tools");
        var choice = request.get("tool_choice");
        if (choice == null || tools == null || tools.elements().isEmpty()) {
            return false;
        }
        return forces(type(choice));
    }

    private static boolean forces(String type) {
        return type.equals("any") || type.equals("tool");
    }

    private static String type(JsonView choice) throws BodyFaultException {
        if (choice.isString()) {
            return switch (choice.text()) {
                case "auto" -> "auto";
                case "none" -> "none";
                case "required", "any" -> "any";
                default ->
                        throw Unsupported.invalid(
                                "tool_choice",
                                "'tool_choice' must be auto, none, required or a function");
            };
        }
        if (toolName(choice) != null) {
            return "tool";
        }
        var members = choice.members();
        var allowed = members.get("allowed_tools");
        var mode = JsonView.text(allowed == null ? members : allowed.members(), "mode");
        return switch (mode) {
            case "auto" -> "auto";
            case "required" -> "any";
            default -> throw Unsupported.of("tool_choice", "This choice of tools");
        };
    }

    /** The name, as OpenAI says it or as Anthropic does. */
    private static @Nullable JsonView toolName(JsonView choice) {
        var members = choice.members();
        var function = members.get("function");
        return JsonView.string(function == null ? members : function.members(), "name");
    }
}
