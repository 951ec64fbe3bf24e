package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.Edits;
import dev.turnpike.edge.wire.JsonCursor;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.JsonText;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.ProviderMarks;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole message for a client of the same API: its model renamed, what names the provider taken
 * out, the rest byte for byte.
 */
public final class MessageJsonReply implements WholeAnswer {
    private final JsonView message;
    private final Edits edits;
    private final Optional<RawUsage> usage;
    private final String stopReason;
    private final boolean failed;

    private MessageJsonReply(JsonView message, Edits edits, OutputMeter meter) {
        var members = message.members();
        this.message = message;
        this.edits = edits;
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
        return new MessageJsonReply(message, hidden(message, publicModel), meter);
    }

    private static Edits hidden(JsonView message, String publicModel) throws JsonFaultException {
        var edits = new Edits();
        var cursor = JsonCursor.lenient(message.array(), message.from(), message.to());
        ProviderMarks.hide(message.array(), cursor, JsonText.quote(publicModel), edits);
        return edits;
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
        return edits.slices(message.array(), message.from(), message.to());
    }
}
