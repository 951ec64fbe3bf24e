package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A whole message, told as a chat completion. */
public final class MessageToCompletion {
    private final Map<String, JsonView> message;
    private final MessageView view;
    private final JsonOut out;
    private final JsonOut text = new JsonOut(1_024);
    private final JsonOut reasoning = new JsonOut(64);
    private final List<Map<String, JsonView>> tools = new ArrayList<>();
    private final List<JsonView> signed = new ArrayList<>();
    private boolean hasText;
    private boolean hasReasoning;

    private MessageToCompletion(JsonView body, MessageView view) {
        this.message = body.members();
        this.view = view;
        this.out = new JsonOut(body.to() - body.from() + 256);
    }

    /**
     * @param meter told of the generated text, but only if the message reports no usage
     * @throws JsonFaultException if it is no message
     */
    public static WholeAnswer read(byte[] body, MessageView view, OutputMeter meter)
            throws JsonFaultException {
        var json = JsonView.check(body, 0, body.length);
        if (!json.isObject()) {
            throw new JsonFaultException(JsonFaultException.Reason.NOT_JSON, 0);
        }
        if (ChatToMessages.typeIs(json.members(), "error")) {
            return TranslatedAnswer.FAILED;
        }
        return new MessageToCompletion(json, view).answer(meter);
    }

    private WholeAnswer answer(OutputMeter meter) {
        var usage = MessageJsonReply.usage(message.get("usage"));
        var content = message.get("content");
        for (var block : content == null ? List.<JsonView>of() : content.elements()) {
            take(block);
            if (usage.isEmpty()) {
                MessageJsonReply.meter(block, meter);
            }
        }
        var finish = StopReasons.finishReason(JsonView.text(message, "stop_reason"));
        write(finish, usage);
        List<ByteSlice> body = List.of(out.slice());
        return new TranslatedAnswer(usage, Optional.of(finish), false, body);
    }

    private void take(JsonView block) {
        var members = block.members();
        switch (JsonView.text(members, "type")) {
            case "text" -> hasText |= takeText(members.get("text"), text);
            case "thinking" -> {
                hasReasoning |= takeText(members.get("thinking"), reasoning);
                if (JsonView.string(members, "signature") != null) {
                    signed.add(block);
                }
            }
            case "redacted_thinking" -> signed.add(block);
            case "tool_use" -> tools.add(members);
            default -> {
                // What server-side tools did has no place in a chat completion.
            }
        }
    }

    private static boolean takeText(@Nullable JsonView value, JsonOut into) {
        if (value == null || !value.isString()) {
            return false;
        }
        into.insides(value);
        return true;
    }

    private void write(String finish, Optional<RawUsage> usage) {
        out.object().member("id", "chatcmpl-" + view.requestId());
        out.member("object", "chat.completion");
        out.name("created").number(view.createdSeconds());
        out.member("model", view.publicModel());
        out.name("choices").array().object().name("index").number(0);
        out.name("message").object().member("role", "assistant");
        texts(finish.equals("content_filter"));
        calls();
        if (!signed.isEmpty()) {
            out.name("thinking_blocks").array();
            signed.forEach(out::raw);
            out.endArray();
        }
        out.endObject().name("logprobs").literal("null").member("finish_reason", finish);
        out.endObject().endArray();
        usage.ifPresent(counted -> out.name("usage").raw(counted.toChatJson()));
        out.endObject();
    }

    /** What a model that refuses says is its refusal, unless it gives a reason apart. */
    private void texts(boolean refused) {
        var reason = MessageStreamToChunks.explanation(message);
        boolean textRefuses = refused && reason == null && hasText;
        out.name("content");
        if (hasText && !textRefuses) {
            out.insideOf(text);
        } else {
            out.literal("null");
        }
        out.name("refusal");
        if (textRefuses) {
            out.insideOf(text);
        } else if (refused && reason != null) {
            out.raw(reason);
        } else {
            out.literal("null");
        }
        if (hasReasoning) {
            out.name("reasoning_content").insideOf(reasoning);
        }
    }

    private void calls() {
        if (tools.isEmpty()) {
            return;
        }
        out.name("tool_calls").array();
        for (var tool : tools) {
            var input = tool.get("input");
            out.object().optional("id", tool.get("id")).member("type", "function");
            out.name("function").object().optional("name", tool.get("name"));
            out.member("arguments", input == null ? "{}" : input.spelling());
            out.endObject().endObject();
        }
        out.endArray();
    }
}
