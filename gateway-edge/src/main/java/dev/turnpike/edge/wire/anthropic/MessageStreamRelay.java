package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.Edits;
import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.JsonCursor;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.JsonText;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.ProviderMarks;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.RelaySink;
import dev.turnpike.edge.wire.SseReader;
import dev.turnpike.edge.wire.StreamFailure;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The event stream of a message for a client of the same API: the public model name replaces the
 * upstream's, what names the provider is taken out, a missing event name is added, errors are
 * cleaned; every other event passes byte for byte, whatever it is.
 */
public final class MessageStreamRelay extends JsonEventRelay {
    private static final byte[] NOTHING = {};

    private final MessageUsage usage = new MessageUsage();
    private final Edits edits = new Edits();
    private final byte[] publicModel;
    private byte[] stop = NOTHING;
    private @Nullable String stopReason;

    /**
     * @param meter told of all generated text
     * @param estimate asked when the upstream reported no usage
     * @param nanoTime like {@link System#nanoTime}
     */
    public MessageStreamRelay(
            MessageView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        super(view, meter, estimate, nanoTime, SseReader.EVENT_BYTES_MAX);
        this.publicModel = JsonText.quote(view.publicModel());
    }

    @Override
    public Optional<RawUsage> usage() {
        return usage.total();
    }

    @Override
    public boolean usageIsFinal() {
        return usage.whole();
    }

    @Override
    public byte[] keepAlive() {
        return MessageEvents.PING;
    }

    @Override
    void event(JsonView event, RelaySink sink) throws IOException, JsonFaultException {
        var members = event.members();
        var type = JsonView.text(members, "type");
        edits.clear();
        switch (type) {
            case "message_start" -> messageStart(members.get("message"));
            case "content_block_start" -> block(members.get("content_block"));
            case "content_block_delta" -> block(members.get("delta"));
            case "message_delta" -> messageDelta(members);
            case "message_stop" -> {
                pass(event, type);
                stop = out.bytes();
                done();
                return;
            }
            case "error" -> {
                fail(new StreamFailure.Reported(AnthropicErrors.read(event, view)));
                return;
            }
            default -> {
                // Passed on like all others: clients may know it.
            }
        }
        pass(event, type);
        out.flushTo(sink);
    }

    private void messageStart(@Nullable JsonView message) throws JsonFaultException {
        if (message == null || !message.isObject()) {
            return;
        }
        usage.take(message.members().get("usage"));
        var cursor = JsonCursor.lenient(message.array(), message.from(), message.to());
        ProviderMarks.hide(message.array(), cursor, publicModel, edits);
    }

    /** Counts the text of a block's start or of a delta, whatever it is called. */
    private void block(@Nullable JsonView part) {
        if (part == null) {
            return;
        }
        var members = part.members();
        for (var name : new String[] {"text", "thinking", "partial_json"}) {
            var text = members.get(name);
            if (text != null) {
                generated(text);
            }
        }
        var name = members.get("name");
        if (name != null && ChatToMessages.typeIs(members, "tool_use")) {
            generated(name);
        }
    }

    private void messageDelta(Map<String, JsonView> event) {
        usage.takeLast(event.get("usage"));
        var delta = event.get("delta");
        var reason = delta == null ? "" : JsonView.text(delta.members(), "stop_reason");
        if (!reason.isEmpty()) {
            stopReason = reason;
        }
    }

    /** Puts the event out as it came, but for the edits. */
    private void pass(JsonView event, String type) throws IOException {
        boolean asItIs = !events.dataJoined() && endsBlank();
        if (!asItIs || !named()) {
            out.frame("event: ").frame(word(type)).frame("\n");
        }
        byte[] data = events.data();
        int from = asItIs ? events.rawFrom() : event.from();
        int to = asItIs ? events.rawTo() : event.to();
        if (!asItIs) {
            out.frame("data: ");
            joinLines(data, from, to);
        }
        edits.write(data, from, to, out::frame);
        if (!asItIs) {
            out.frame("\n\n");
        }
    }

    /** An event's name must not break its line. */
    private static String word(String type) {
        return type.replaceAll("[^a-zA-Z0-9_.-]", "_");
    }

    /** Whether the event as it came has a name. */
    private boolean named() {
        byte[] raw = events.array();
        for (int i = events.rawFrom(); i + 6 <= events.rawTo(); i++) {
            boolean lineStart = i == events.rawFrom() || raw[i - 1] == '\n' || raw[i - 1] == '\r';
            if (lineStart && raw[i] == 'd') {
                break; // Names stand in front of the data, which may be long.
            }
            if (lineStart && JsonText.is(raw, i, i + 6, "event:")) {
                return true;
            }
        }
        return false;
    }

    /** Whether the event as it came ends as we end events; others are framed anew. */
    private boolean endsBlank() {
        byte[] raw = events.array();
        int end = events.rawTo();
        boolean nothingElse = end - events.dataTo() <= 2; // Such as a comment behind the data.
        return nothingElse && raw[end - 1] == '\n' && raw[end - 2] == '\n';
    }

    /** One JSON text on several data lines is legal, but it must not break the one line here. */
    private static void joinLines(byte[] data, int from, int to) {
        for (int i = from; i < to; i++) {
            if (data[i] == '\n') {
                data[i] = ' ';
            }
        }
    }

    @Override
    boolean answered() {
        return stopReason != null;
    }

    @Override
    void writeEnd(RawUsage counted) {
        if (stop.length > 0) {
            out.frame(stop, 0, stop.length);
        } else {
            out.frame(MessageEvents.STOP);
        }
    }

    @Override
    void writeError(ErrorBody error) {
        AnthropicErrors.writeEvent(error, out);
    }

    @Override
    @Nullable String finishReason() {
        return stopReason;
    }
}
