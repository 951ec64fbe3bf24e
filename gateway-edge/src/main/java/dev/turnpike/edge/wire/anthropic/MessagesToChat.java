package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.Dispensable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts a messages request into the words of chat completions.
 *
 * <p>Choices made where the two do not meet: thinking of earlier turns is left out; images that a
 * tool gave come with the user's next words; tools that run at the provider are refused; a thinking
 * budget becomes a reasoning effort, of which only those are used that every server has.
 */
public final class MessagesToChat {
    private static final int TRANSLATED_EXTRA_BYTES = 512;

    /** Longest {@code user} that is accepted, in characters. */
    private static final int USER_CHARS_MAX = 64;

    /** Sequences that OpenAI takes. */
    private static final int STOPS_MAX = 4;

    /** Models that take {@code max_completion_tokens} only, and an effort. */
    private static final Pattern REASONING =
            Pattern.compile("(?:.*/)?(?:o\\d|gpt-(?:[5-9]|\\d\\d)).*");

    private static final Set<String> HANDLED =
            Set.of(
                    "model",
                    "messages",
                    "system",
                    "max_tokens",
                    "temperature",
                    "top_p",
                    "top_k",
                    "stop_sequences",
                    "stream",
                    "tools",
                    "tool_choice",
                    "thinking",
                    "output_config",
                    "output_format",
                    "metadata",
                    "cache_control");

    private final Map<String, JsonView> request;
    private final Terms terms;
    private final boolean reasoning;
    private final JsonOut out;
    private final List<String> ignored = new ArrayList<>();
    private final Set<Dispensable> said = EnumSet.noneOf(Dispensable.class);

    /**
     * What the target is.
     *
     * @param model the model's name there
     * @param strict whether it is OpenAI's own, which refuses what a model does not have
     * @param without what it is known to refuse
     */
    public record Terms(String model, boolean strict, Set<Dispensable> without) {}

    private MessagesToChat(JsonView body, Terms terms) {
        this.request = body.members();
        this.terms = terms;
        this.reasoning = REASONING.matcher(terms.model()).matches();
        this.out = new JsonOut(body.to() - body.from() + TRANSLATED_EXTRA_BYTES);
    }

    /**
     * @param body a request that was scanned before
     * @throws BodyFaultException if it asks for something that this API does not have
     */
    public static Translation translate(byte[] body, int from, int to, Terms terms)
            throws BodyFaultException {
        var translator = new MessagesToChat(JsonView.of(body, from, to), terms);
        translator.request();
        return new Translation(translator.out.slice(), translator.ignored, translator.said);
    }

    private void request() throws BodyFaultException {
        out.object().member("model", terms.model());
        out.name("messages").array();
        MessageTurns.writeSystem(request.get("system"), out);
        var messages = request.get("messages");
        MessageTurns.write(messages == null ? List.of() : messages.elements(), out);
        out.endArray();
        out.optional(reasoning ? "max_completion_tokens" : "max_tokens", request.get("max_tokens"));
        out.optional("temperature", request.get("temperature"));
        out.optional("top_p", request.get("top_p"));
        topK();
        stop();
        tools();
        effort();
        format();
        user();
        stream();
        out.endObject();
        request.keySet().stream().filter(name -> !HANDLED.contains(name)).forEach(ignored::add);
    }

    /**
     * Whether something is said that not everybody understands.
     *
     * @param understood whether this target should
     * @param asked what the client called it
     */
    private boolean says(Dispensable what, boolean understood, String asked) {
        if (!understood || terms.without().contains(what)) {
            ignored.add(asked);
            return false;
        }
        return said.add(what);
    }

    /** Looked at although the target would: what it refuses may be left out of the next try. */
    private void topK() throws BodyFaultException {
        var topK = request.get("top_k");
        if (topK == null) {
            return;
        }
        if (topK.number() < 0) {
            throw Unsupported.type("top_k", "an integer of at least 0");
        }
        if (says(Dispensable.TOP_K, !terms.strict(), "top_k")) {
            out.member("top_k", topK);
        }
    }

    private void stop() {
        var stop = request.get("stop_sequences");
        var sequences = stop == null ? List.<JsonView>of() : stop.elements();
        if (!terms.strict() || sequences.size() <= STOPS_MAX) {
            out.optional("stop", stop);
            return;
        }
        out.name("stop").array();
        sequences.subList(0, STOPS_MAX).forEach(out::raw);
        out.endArray();
        ignored.add("stop_sequences");
    }

    private void stream() {
        var stream = request.get("stream");
        if (stream == null || !stream.isTrue()) {
            return;
        }
        out.name("stream").bool(true);
        if (!terms.without().contains(Dispensable.STREAM_OPTIONS)) {
            said.add(Dispensable.STREAM_OPTIONS);
            out.name("stream_options").object().name("include_usage").bool(true).endObject();
        }
    }

    private void tools() throws BodyFaultException {
        var value = request.get("tools");
        List<JsonView> tools = value == null ? List.of() : value.elements();
        if (tools.isEmpty()) {
            return;
        }
        out.name("tools").array();
        for (int i = 0; i < tools.size(); i++) {
            tool(tools.get(i).members(), "tools[" + i + "]");
        }
        out.endArray();
        choice(request.get("tool_choice"));
    }

    private void tool(Map<String, JsonView> tool, String param) throws BodyFaultException {
        if (tool.containsKey("type") && !ChatToMessages.typeIs(tool, "custom")) {
            throw Unsupported.of(param + ".type", "A tool that runs at the provider");
        }
        out.object().member("type", "function").name("function").object();
        out.optional("name", tool.get("name"));
        out.optional("description", tool.get("description"));
        out.optional("parameters", tool.get("input_schema"));
        out.optional("strict", tool.get("strict"));
        out.endObject().endObject();
    }

    private void choice(@Nullable JsonView choice) {
        if (choice == null) {
            return;
        }
        var members = choice.members();
        switch (JsonView.text(members, "type")) {
            case "none" -> out.member("tool_choice", "none");
            case "any" -> out.member("tool_choice", "required");
            case "tool" -> {
                out.name("tool_choice").object().member("type", "function").name("function");
                out.object().optional("name", members.get("name")).endObject().endObject();
            }
            default -> out.member("tool_choice", "auto");
        }
        var alone = members.get("disable_parallel_tool_use");
        if (alone != null
                && alone.isTrue()
                && says(
                        Dispensable.PARALLEL_TOOL_CALLS,
                        true,
                        "tool_choice.disable_parallel_tool_use")) {
            out.name("parallel_tool_calls").bool(false);
        }
    }

    private void effort() throws BodyFaultException {
        var effort = wantedEffort();
        if (!effort.isEmpty()
                && says(Dispensable.REASONING_EFFORT, reasoning || !terms.strict(), "thinking")) {
            out.member("reasoning_effort", effort);
        }
    }

    private String wantedEffort() throws BodyFaultException {
        var config = request.get("output_config");
        var effort = config == null ? null : config.members().get("effort");
        if (effort != null) {
            return switch (effort.text()) {
                case "none" -> "none";
                case "minimal", "low" -> "low";
                case "medium" -> "medium";
                case "high", "xhigh", "max" -> "high";
                default ->
                        throw Unsupported.invalid(
                                "output_config.effort",
                                "'output_config.effort' must be low, medium, high, xhigh or max");
            };
        }
        var thinking = request.get("thinking");
        var members = thinking == null ? Map.<String, JsonView>of() : thinking.members();
        return switch (JsonView.text(members, "type")) {
            case "enabled" -> effort(members.get("budget_tokens"));
            case "adaptive" -> "medium";
            default -> "";
        };
    }

    private static String effort(@Nullable JsonView budget) {
        long tokens = budget == null ? 0 : budget.number();
        if (tokens >= 10_000) {
            return "high";
        }
        if (tokens >= 5_000) {
            return "medium";
        }
        return "low";
    }

    private void format() {
        var config = request.get("output_config");
        var format = config == null ? null : config.members().get("format");
        if (format == null) {
            format = request.get("output_format");
        }
        var members = format == null ? Map.<String, JsonView>of() : format.members();
        var schema = members.get("schema");
        if (schema == null) {
            return;
        }
        out.name("response_format").object().member("type", "json_schema").name("json_schema");
        out.object().member("name", "output").member("schema", schema);
        out.name("strict").bool(true).endObject().endObject();
    }

    private void user() {
        var metadata = request.get("metadata");
        var id = metadata == null ? "" : JsonView.text(metadata.members(), "user_id");
        if (id.length() > USER_CHARS_MAX) {
            int end = Character.isHighSurrogate(id.charAt(USER_CHARS_MAX - 1)) ? 1 : 0;
            id = id.substring(0, USER_CHARS_MAX - end);
        }
        if (!id.isEmpty() && says(Dispensable.USER, true, "metadata.user_id")) {
            out.member("user", id);
        }
    }
}
