package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.BodyFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a chat completions request into the words of the Messages API.
 *
 * <p>Choices made where the two do not meet: a temperature above 1 becomes 1; sampling parameters
 * are left out for models that refuse them; {@code json_object} becomes an instruction; a reasoning
 * effort becomes an effort for models that have one and a thinking budget for the others; more than
 * one choice is refused.
 */
public final class ChatToMessages {
    private static final int TRANSLATED_EXTRA_BYTES = 512;

    private static final String JSON_INSTRUCTION =
            "Answer with a single JSON object and nothing else: no explanation, no code fence.";

    /** Members that are taken over by name, or said in another way. */
    private static final Set<String> HANDLED =
            Set.of(
                    "model",
                    "messages",
                    "stream",
                    "stream_options",
                    "max_tokens",
                    "max_completion_tokens",
                    "temperature",
                    "top_p",
                    "top_k",
                    "stop",
                    "tools",
                    "tool_choice",
                    "parallel_tool_calls",
                    "response_format",
                    "reasoning_effort",
                    "thinking",
                    "output_config",
                    "user",
                    "safety_identifier",
                    "n",
                    "metadata",
                    "store");

    private final Map<String, JsonView> request;
    private final ClaudeModel model;
    private final JsonOut out;
    private final List<String> ignored = new ArrayList<>();

    private ChatToMessages(JsonView body, ClaudeModel model) {
        this.request = body.members();
        this.model = model;
        this.out = new JsonOut(body.to() - body.from() + TRANSLATED_EXTRA_BYTES);
    }

    /**
     * @param body a request that was scanned before
     * @param targetModel the model's name at the target
     * @throws BodyFaultException if it asks for something that this API does not have
     */
    public static Translation translate(byte[] body, int from, int to, String targetModel)
            throws BodyFaultException {
        var translator =
                new ChatToMessages(JsonView.of(body, from, to), ClaudeModel.of(targetModel));
        translator.request(targetModel);
        return new Translation(translator.out.slice(), translator.ignored);
    }

    private void request(String targetModel) throws BodyFaultException {
        refuse();
        var messages = request.get("messages");
        var turns = ChatTurns.of(messages == null ? List.of() : messages.elements());
        long maxTokens = maxTokens();
        boolean forced = ChatTools.forced(request);
        var thinking =
                ThinkingChoice.of(request, model, maxTokens, turns.unsignedToolUse(), forced);
        out.object().member("model", targetModel);
        out.name("max_tokens").number(maxTokens);
        system(turns);
        turns.writeMessages(out);
        sampling(thinking.on());
        stop();
        boolean tools = ChatTools.write(request, thinking.on(), out);
        thinking.write(out);
        outputConfig(thinking);
        user();
        var stream = request.get("stream");
        if (stream != null && stream.isTrue()) {
            out.name("stream").bool(true);
        }
        out.endObject();
        leaveOut(tools);
        if (forced && thinking.on()) {
            ignored.add("tool_choice");
        }
        var effort = JsonView.text(request, "reasoning_effort");
        if (thinking.none() && !effort.isEmpty() && !effort.equals("none")) {
            ignored.add("reasoning_effort");
        }
    }

    private void refuse() throws BodyFaultException {
        var choices = request.get("n");
        if (choices != null && choices.number() > 1) {
            throw Unsupported.of("n", "More than one choice");
        }
        if (request.containsKey("functions") || request.containsKey("function_call")) {
            throw Unsupported.parameter("functions", "'functions', unlike 'tools',");
        }
        var modalities = request.get("modalities");
        if (modalities != null && modalities.elements().stream().anyMatch(m -> m.is("audio"))) {
            throw Unsupported.of("modalities", "Audio output");
        }
    }

    /** The smaller of both names; a bound that is no number is the provider's to refuse. */
    private long maxTokens() {
        long bound = -1;
        for (var name : List.of("max_tokens", "max_completion_tokens")) {
            var value = request.get(name);
            if (value != null && value.number() >= 0) {
                bound = bound < 0 ? value.number() : Math.min(bound, value.number());
            }
        }
        return bound < 0 ? model.outputTokensDefault() : bound;
    }

    private void system(ChatTurns turns) {
        var format = request.get("response_format");
        boolean json = format != null && typeIs(format.members(), "json_object");
        turns.writeSystem(json ? JSON_INSTRUCTION : null, out);
    }

    private void sampling(boolean thinking) {
        var temperature = request.get("temperature");
        var topP = request.get("top_p");
        var topK = request.get("top_k");
        if (model.refusesSampling() || thinking) {
            ignore("temperature", temperature);
            ignore("top_p", topP);
            ignore("top_k", topK);
            return;
        }
        if (temperature != null) {
            if (aboveOne(temperature)) {
                out.name("temperature").number(1);
            } else {
                out.member("temperature", temperature);
            }
        }
        if (topP != null && temperature != null && model.refusesBothSamplings()) {
            ignore("top_p", topP);
        } else {
            out.optional("top_p", topP);
        }
        out.optional("top_k", topK);
    }

    private static boolean aboveOne(JsonView number) {
        try {
            return Double.parseDouble(number.spelling()) > 1;
        } catch (NumberFormatException e) {
            return false; // The provider says what is wrong with it.
        }
    }

    private void stop() {
        var stop = request.get("stop");
        if (stop == null) {
            return;
        }
        var sequences = stop.isString() ? List.of(stop) : stop.elements();
        var used = sequences.stream().filter(each -> !each.text().isBlank()).toList();
        if (used.isEmpty()) {
            return;
        }
        out.name("stop_sequences").array();
        used.forEach(out::raw);
        out.endArray();
    }

    private void outputConfig(ThinkingChoice thinking) {
        var format = request.get("response_format");
        var schema = format == null ? null : schema(format.members());
        var given = request.get("output_config");
        if (given != null) {
            out.member("output_config", given);
            return;
        }
        var effort = thinking.effort();
        if (schema == null && effort == null) {
            return;
        }
        out.name("output_config").object();
        if (effort != null) {
            out.member("effort", effort);
        }
        if (schema != null) {
            out.name("format").object().member("type", "json_schema");
            out.member("schema", schema).endObject();
        }
        out.endObject();
    }

    private static @Nullable JsonView schema(Map<String, JsonView> format) {
        var described = format.get("json_schema");
        return typeIs(format, "json_schema") && described != null
                ? described.members().get("schema")
                : null;
    }

    private void user() {
        var user = JsonView.string(request, "safety_identifier");
        if (user == null) {
            user = JsonView.string(request, "user");
        }
        if (user != null) {
            out.name("metadata").object().member("user_id", user).endObject();
        }
    }

    private void leaveOut(boolean tools) {
        for (var name : request.keySet()) {
            if (!HANDLED.contains(name)) {
                ignored.add(name);
            }
        }
        if (!tools) {
            ignore("tool_choice", request.get("tool_choice"));
        }
    }

    private void ignore(String name, @Nullable JsonView value) {
        if (value != null) {
            ignored.add(name);
        }
    }

    static boolean typeIs(Map<String, JsonView> members, String ascii) {
        var type = members.get("type");
        return type != null && type.is(ascii);
    }
}
