package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole message for a client of the same API: its model renamed, what names the provider emptied,
 * the rest byte for byte.
 */
public final class MessageJsonReply implements WholeAnswer {
    private final JsonView message;
    private final List<Shown> changes;
    private final Optional<RawUsage> usage;
    private final String stopReason;
    private final boolean failed;

    private MessageJsonReply(JsonView message, String publicModel, OutputMeter meter) {
        var members = message.members();
        this.message = message;
        this.changes = Shown.of(members, publicModel);
        this.usage = usage(members.get("usage"));
        this.stopReason = JsonView.text(members, "stop_reason");
        var content = members.get("content");
        this.failed = content == null || ChatToMessages.typeIs(members, "error");
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
        var slices = new ArrayList<ByteSlice>(2 * changes.size() + 1);
        int at = message.from();
        for (var change : changes) {
            slices.add(new ByteSlice(json, at, change.value().from() - at));
            slices.add(ByteSlice.of(change.instead()));
            at = change.value().to();
        }
        slices.add(new ByteSlice(json, at, message.to() - at));
        return slices;
    }
}
