package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.JsonText;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A whole message for a client of the same API: its model renamed, the rest byte for byte. */
public final class MessageJsonReply implements WholeAnswer {
    private final JsonView message;
    private final @Nullable JsonView model;
    private final String publicModel;
    private final Optional<RawUsage> usage;
    private final String stopReason;
    private final boolean failed;

    private MessageJsonReply(JsonView message, String publicModel, OutputMeter meter) {
        var members = message.members();
        this.message = message;
        this.model = members.get("model");
        this.publicModel = publicModel;
        this.usage = usage(members.get("usage"));
        this.stopReason = JsonView.text(members, "stop_reason");
        this.failed = ChatToMessages.typeIs(members, "error");
        var content = members.get("content");
        if (usage.isEmpty() && content != null) {
            content.elements().forEach(block -> meter(block, meter));
        }
    }

    /**
     * @param meter told of the generated text, but only if the message reports no usage
     * @throws JsonFaultException if it is no JSON object
     */
    public static MessageJsonReply read(byte[] body, String publicModel, OutputMeter meter)
            throws JsonFaultException {
        var message = JsonView.check(body, 0, body.length);
        if (!message.isObject()) {
            throw new JsonFaultException(JsonFaultException.Reason.NOT_JSON, 0);
        }
        return new MessageJsonReply(message, publicModel, meter);
    }

    static Optional<RawUsage> usage(@Nullable JsonView value) {
        var usage = new MessageUsage();
        usage.takeLast(value);
        return usage.total();
    }

    /** Counts the text of one content block. */
    static void meter(JsonView block, OutputMeter meter) {
        var members = block.members();
        for (var name : new String[] {"text", "thinking", "name"}) {
            var text = members.get(name);
            if (text != null && text.isString()) {
                meter.onText(text.array(), text.from() + 1, text.to() - 1);
            }
        }
        var input = members.get("input");
        if (input != null) {
            meter.onText(input.array(), input.from(), input.to());
        }
    }

    @Override
    public Optional<RawUsage> usage() {
        return usage;
    }

    @Override
    public Optional<String> finishReason() {
        return stopReason.isEmpty() ? Optional.empty() : Optional.of(stopReason);
    }

    @Override
    public boolean failed() {
        return failed;
    }

    @Override
    public List<ByteSlice> body() {
        byte[] json = message.array();
        var renamed = model;
        if (renamed == null) {
            return List.of(new ByteSlice(json, message.from(), message.to() - message.from()));
        }
        return List.of(
                new ByteSlice(json, message.from(), renamed.from() - message.from()),
                ByteSlice.of(JsonText.quote(publicModel)),
                new ByteSlice(json, renamed.to(), message.to() - renamed.to()));
    }
}
