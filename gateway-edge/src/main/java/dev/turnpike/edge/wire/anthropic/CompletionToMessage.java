package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.UsageReader;
import dev.turnpike.edge.wire.WholeAnswer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A whole chat completion, told as a message. */
public final class CompletionToMessage {
    private final Map<String, JsonView> completion;
    private final MessageView view;
    private final JsonOut out;
    private final OutputMeter meter;
    private boolean calledTools;
    private boolean refused;

    private CompletionToMessage(JsonView body, MessageView view, OutputMeter meter) {
        this.completion = body.members();
        this.view = view;
        this.out = new JsonOut(body.to() - body.from() + 256);
        this.meter = meter;
    }

    /**
     * @param meter told of the generated text
     * @param estimate asked after that, when the completion reports no usage: a message must
     * @throws JsonFaultException if it is no chat completion
     */
    public static WholeAnswer read(
            byte[] body, MessageView view, OutputMeter meter, Supplier<RawUsage> estimate)
            throws JsonFaultException {
        var json = JsonView.check(body, 0, body.length);
        if (!json.isObject()) {
            throw new JsonFaultException(JsonFaultException.Reason.NOT_JSON, 0);
        }
        var members = json.members();
        var choices = members.get("choices");
        if (members.containsKey("error") || choices == null || choices.elements().isEmpty()) {
            return TranslatedAnswer.FAILED;
        }
        var choice = choices.elements().getFirst().members();
        return new CompletionToMessage(json, view, meter).answer(choice, estimate);
    }

    private WholeAnswer answer(Map<String, JsonView> choice, Supplier<RawUsage> estimate) {
        out.object().member("id", "msg_" + view.requestId());
        out.member("type", "message").member("role", "assistant");
        out.member("model", view.publicModel()).name("content").array();
        var message = choice.get("message");
        if (message != null) {
            content(message.members());
        }
        out.endArray();
        var finish = JsonView.string(choice, "finish_reason");
        var reason =
                refused
                        ? "refusal"
                        : StopReasons.stopReason(
                                finish == null ? null : finish.text(), calledTools);
        out.member("stop_reason", reason).name("stop_sequence").literal("null");
        var usage = usage();
        out.name("usage");
        MessageUsage.write(usage.orElseGet(estimate), out);
        out.endObject();
        List<ByteSlice> body = List.of(out.slice());
        return new TranslatedAnswer(usage, Optional.of(reason), false, body);
    }

    private Optional<RawUsage> usage() {
        var value = completion.get("usage");
        return value == null
                ? Optional.empty()
                : UsageReader.read(value.array(), value.from(), value.to());
    }

    private void content(Map<String, JsonView> message) {
        var thought = JsonView.string(message, "reasoning_content");
        if (thought == null) {
            thought = JsonView.string(message, "reasoning");
        }
        if (thought != null) {
            generated(thought);
            out.object().member("type", "thinking").member("thinking", thought);
            out.member("signature", "").endObject();
        }
        var content = message.get("content");
        if (content != null && content.isArray()) {
            content.elements().forEach(part -> text(part.members().get("text")));
        } else {
            text(content);
        }
        var refusal = JsonView.string(message, "refusal");
        refused = refusal != null;
        text(refusal);
        var calls = message.get("tool_calls");
        if (calls != null) {
            calls.elements().forEach(call -> tool(call.members()));
        }
    }

    private void text(@Nullable JsonView text) {
        if (text != null && text.isString() && !text.isEmptyString()) {
            generated(text);
            out.object().member("type", "text").member("text", text).endObject();
        }
    }

    private void tool(Map<String, JsonView> call) {
        var function = call.get("function");
        if (function == null) {
            return;
        }
        calledTools = true;
        var members = function.members();
        var name = JsonView.string(members, "name");
        var arguments = JsonView.string(members, "arguments");
        if (name != null) {
            generated(name);
        }
        if (arguments != null) {
            generated(arguments);
        }
        var id = JsonView.text(call, "id").replaceAll("[^a-zA-Z0-9_-]", "_");
        out.object().member("type", "tool_use");
        out.member("id", id.isEmpty() ? "toolu_" + view.requestId() : id);
        out.optional("name", name).name("input");
        input(arguments == null ? "" : arguments.text());
        out.endObject();
    }

    /** Arguments that are no JSON object are shown as they came, under a name of their own. */
    private void input(String arguments) {
        var json = (arguments.isBlank() ? "{}" : arguments).getBytes(StandardCharsets.UTF_8);
        try {
            var parsed = JsonView.check(json, 0, json.length);
            if (parsed.isObject()) {
                out.raw(parsed);
                return;
            }
        } catch (JsonFaultException e) {
            // Written below.
        }
        out.object().member("arguments", arguments).endObject();
    }

    private void generated(JsonView text) {
        meter.onText(text.array(), text.from() + 1, text.to() - 1);
    }
}
