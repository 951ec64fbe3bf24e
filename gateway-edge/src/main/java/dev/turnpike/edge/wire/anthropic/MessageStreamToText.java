package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.RelaySink;
import dev.turnpike.edge.wire.SseReader;
import dev.turnpike.edge.wire.StreamFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The event stream of a message, told as chunks of a completion of text. */
public final class MessageStreamToText extends JsonEventRelay {
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final MessageUsage usage = new MessageUsage();
    private @Nullable String finish;

    /**
     * @param meter told of all generated text
     * @param estimate asked when the upstream reported no usage
     * @param nanoTime like {@link System#nanoTime}
     */
    public MessageStreamToText(
            MessageView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        super(view, meter, estimate, nanoTime, SseReader.EVENT_BYTES_MAX);
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
        return KEEP_ALIVE;
    }

    @Override
    void event(JsonView event, RelaySink sink) throws IOException, JsonFaultException {
        var members = event.members();
        switch (JsonView.text(members, "type")) {
            case "message_start" -> {
                var message = members.get("message");
                usage.take(message == null ? null : message.members().get("usage"));
            }
            case "content_block_start" -> said(members.get("content_block"));
            case "content_block_delta" -> said(members.get("delta"));
            case "message_delta" -> messageDelta(members);
            case "message_stop" -> done();
            case "ping" -> out.frame(": keep-alive\n\n");
            case "error" -> fail(new StreamFailure.Reported(AnthropicErrors.read(event, view)));
            default -> {
                // Blocks have no borders in a text.
            }
        }
        out.flushTo(sink);
    }

    /** Text is shown; what else a model generates is only counted. */
    private void said(@Nullable JsonView described) {
        if (described == null) {
            return;
        }
        var members = described.members();
        var text = JsonView.string(members, "text");
        if (text != null) {
            generated(text);
            choice().raw(text);
            endChoice("");
        }
        for (var name : new String[] {"thinking", "partial_json"}) {
            var unseen = JsonView.string(members, name);
            if (unseen != null) {
                generated(unseen);
            }
        }
    }

    private void messageDelta(Map<String, JsonView> event) {
        usage.takeLast(event.get("usage"));
        var described = event.get("delta");
        var delta = described == null ? Map.<String, JsonView>of() : described.members();
        var reason = JsonView.text(delta, "stop_reason");
        if (!reason.isEmpty() && finish == null) {
            finish = StopReasons.finishReason(reason);
            choice().text("");
            endChoice(finish);
        }
    }

    /** Begins a chunk up to its text, which must follow. */
    private JsonOut choice() {
        out.frame("data: ");
        return MessageToText.head(view, out).name("choices").array().object().name("text");
    }

    private void endChoice(String reason) {
        MessageToText.endChoice(reason, out).endArray();
        if (view.wantsUsage()) {
            out.name("usage").literal("null");
        }
        out.endObject().frame("\n\n");
    }

    @Override
    boolean answered() {
        return finish != null;
    }

    @Override
    void writeEnd(RawUsage counted) {
        if (finish == null) { // Ended without a reason, but in order.
            finish = "stop";
            choice().text("");
            endChoice(finish);
        }
        if (view.wantsUsage()) {
            out.frame("data: ");
            MessageToText.head(view, out).name("choices").array().endArray();
            out.name("usage").raw(counted.toChatJson()).endObject().frame("\n\n");
        }
        out.frame("data: [DONE]\n\n");
    }

    @Override
    void writeError(ErrorBody error) {
        var event = error.toEvent();
        out.frame(event, 0, event.length);
    }

    @Override
    @Nullable String finishReason() {
        return finish;
    }
}
