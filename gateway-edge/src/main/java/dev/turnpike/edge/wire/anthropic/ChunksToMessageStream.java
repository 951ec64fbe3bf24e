package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.RelaySink;
import dev.turnpike.edge.wire.SseReader;
import dev.turnpike.edge.wire.StreamFailure;
import dev.turnpike.edge.wire.UpstreamErrorReader;
import dev.turnpike.edge.wire.UsageReader;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The chunks of a chat completion, told as the event stream of a message. */
public final class ChunksToMessageStream extends JsonEventRelay {
    private final BlockQueue blocks;
    private @Nullable RawUsage usage;
    private boolean begun;
    private boolean refused;
    private @Nullable String finish;
    private @Nullable String stopReason;

    /**
     * @param meter told of all generated text
     * @param estimate asked at the beginning, for the prompt, and at the end when the upstream
     *     reported no usage
     * @param nanoTime like {@link System#nanoTime}
     */
    public ChunksToMessageStream(
            MessageView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        super(view, meter, estimate, nanoTime, SseReader.EVENT_BYTES_MAX);
        this.blocks = new BlockQueue(out, view.requestId());
    }

    @Override
    public Optional<RawUsage> usage() {
        return Optional.ofNullable(usage);
    }

    @Override
    public byte[] keepAlive() {
        return MessageEvents.PING;
    }

    @Override
    void doneMark() {
        if (begun) {
            done();
        }
    }

    @Override
    void event(JsonView event, RelaySink sink) throws IOException, JsonFaultException {
        var chunk = event.members();
        if (chunk.containsKey("error")) {
            fail(
                    new StreamFailure.Reported(
                            UpstreamErrorReader.read(
                                            200,
                                            event.array(),
                                            event.from(),
                                            event.to(),
                                            view.targetModel(),
                                            view.publicModel())
                                    .shown(view.genericErrors())));
            return;
        }
        account(chunk.get("usage"));
        var choices = chunk.get("choices");
        if (choices != null) {
            for (var choice : choices.elements()) {
                choice(choice.members());
            }
        }
        out.flushTo(sink);
    }

    private void account(@Nullable JsonView value) {
        if (value == null || !value.isObject()) {
            return;
        }
        var read = UsageReader.read(value.array(), value.from(), value.to());
        if (read.isPresent() && (usage == null || usage.suspect() || !read.get().suspect())) {
            usage = read.get();
        }
    }

    private void choice(Map<String, JsonView> choice) throws JsonFaultException {
        var index = choice.get("index");
        if (index != null && index.number() > 0) {
            return; // Only one was asked for.
        }
        begin();
        account(choice.get("usage"));
        var delta = choice.get("delta");
        if (delta != null) {
            delta(delta.members());
        }
        var reason = JsonView.string(choice, "finish_reason");
        if (reason != null) {
            finish = reason.text();
        }
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        long prompt = usage == null ? estimated().prompt() : usage.prompt();
        MessageEvents.begin("message_start", out);
        out.name("message").object().member("id", "msg_" + view.requestId());
        out.member("type", "message").member("role", "assistant");
        out.member("model", view.publicModel()).name("content").array().endArray();
        out.name("stop_reason").literal("null").name("stop_sequence").literal("null");
        out.name("usage");
        MessageUsage.write(new RawUsage(prompt, 0, 0, 0, 0, false), out);
        out.endObject();
        MessageEvents.end(out);
    }

    private void delta(Map<String, JsonView> delta) throws JsonFaultException {
        var thought = JsonView.string(delta, "reasoning_content");
        if (thought == null) {
            thought = JsonView.string(delta, "reasoning");
        }
        if (thought != null) {
            generated(thought);
            blocks.thinking(thought);
        }
        text(JsonView.string(delta, "content"));
        var refusal = JsonView.string(delta, "refusal");
        refused |= refusal != null;
        text(refusal);
        var calls = delta.get("tool_calls");
        if (calls != null) {
            for (var call : calls.elements()) {
                tool(call.members());
            }
        }
        var legacy = delta.get("function_call");
        if (legacy != null) {
            tool(0, null, legacy.members());
        }
    }

    private void text(@Nullable JsonView piece) throws JsonFaultException {
        if (piece != null) {
            generated(piece);
            blocks.text(piece);
        }
    }

    private void tool(Map<String, JsonView> call) throws JsonFaultException {
        var index = call.get("index");
        var function = call.get("function");
        long at = index == null ? -1 : Math.min(index.number(), Integer.MAX_VALUE - 1);
        tool(
                (int) at,
                JsonView.string(call, "id"),
                function == null ? Map.of() : function.members());
    }

    private void tool(int index, @Nullable JsonView id, Map<String, JsonView> function)
            throws JsonFaultException {
        var name = JsonView.string(function, "name");
        if (name != null) {
            generated(name);
        }
        var arguments = JsonView.string(function, "arguments");
        if (arguments != null) {
            generated(arguments);
        }
        blocks.tool(
                index, id == null ? null : id.text(), name == null ? null : name.text(), arguments);
    }

    @Override
    boolean answered() {
        return finish != null;
    }

    @Override
    void writeEnd(RawUsage counted) {
        begin();
        blocks.finish();
        var reason = refused ? "refusal" : StopReasons.stopReason(finish, blocks.calledTools());
        stopReason = reason;
        MessageEvents.begin("message_delta", out);
        out.name("delta").object().member("stop_reason", reason);
        out.name("stop_sequence").literal("null").endObject().name("usage");
        MessageUsage.write(counted, out);
        MessageEvents.end(out);
        out.frame(MessageEvents.STOP);
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
