package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The event stream of a message, told as chunks of a completion of text. */
public final class MessageStreamToText extends MessageToldStream {
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
        super(view, meter, estimate, nanoTime);
    }

    @Override
    void begin() {
        // A text has no beginning.
    }

    @Override
    void blockStart(Map<String, JsonView> event) {
        said(event.get("content_block"));
    }

    @Override
    void blockDelta(Map<String, JsonView> event) {
        said(event.get("delta"));
    }

    @Override
    void blockStop(Map<String, JsonView> event) {
        // Blocks have no borders in a text.
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

    @Override
    void finished(String reason, Map<String, JsonView> delta) {
        choice().text("");
        endChoice(reason);
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
    void writeEnd(RawUsage counted) {
        if (finish() == null) { // Ended without a reason, but in order.
            finishWith("stop", Map.of());
        }
        if (view.wantsUsage()) {
            out.frame("data: ");
            MessageToText.head(view, out).name("choices").array().endArray();
            out.name("usage").raw(counted.toChatJson()).endObject().frame("\n\n");
        }
        out.frame("data: [DONE]\n\n");
    }
}
