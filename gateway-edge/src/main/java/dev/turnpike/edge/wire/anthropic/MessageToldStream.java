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

/**
 * The event stream of a message, told in another API: what its events are is said here, how they
 * are told is the business of each.
 */
abstract sealed class MessageToldStream extends JsonEventRelay
        permits MessageStreamToChunks, MessageStreamToResponse, MessageStreamToText {
    private static final String COMMENT = ": keep-alive\n\n";
    private static final byte[] KEEP_ALIVE = COMMENT.getBytes(StandardCharsets.US_ASCII);

    private final MessageUsage usage = new MessageUsage();
    private @Nullable String finish;

    MessageToldStream(
            MessageView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        super(view, meter, estimate, nanoTime, SseReader.EVENT_BYTES_MAX);
    }

    /** The message begins. May be called again, and is then done. */
    abstract void begin();

    abstract void blockStart(Map<String, JsonView> event) throws JsonFaultException;

    abstract void blockDelta(Map<String, JsonView> event);

    abstract void blockStop(Map<String, JsonView> event);

    /**
     * The message is complete. Called once.
     *
     * @param reason as the OpenAI API names it
     * @param delta the message's last
     */
    abstract void finished(String reason, Map<String, JsonView> delta);

    /** Why the message ended; null while it has not. */
    final @Nullable String finish() {
        return finish;
    }

    @Override
    public final Optional<RawUsage> usage() {
        return usage.total();
    }

    @Override
    public final boolean usageIsFinal() {
        return usage.whole();
    }

    @Override
    public final byte[] keepAlive() {
        return KEEP_ALIVE;
    }

    @Override
    final void event(JsonView event, RelaySink sink) throws IOException, JsonFaultException {
        var members = event.members();
        switch (JsonView.text(members, "type")) {
            case "message_start" -> {
                var message = members.get("message");
                usage.take(message == null ? null : message.members().get("usage"));
                begin();
            }
            case "content_block_start" -> blockStart(members);
            case "content_block_delta" -> blockDelta(members);
            case "content_block_stop" -> blockStop(members);
            case "message_delta" -> messageDelta(members);
            case "message_stop" -> done();
            case "ping" -> out.frame(COMMENT);
            case "error" -> fail(new StreamFailure.Reported(AnthropicErrors.read(event, view)));
            default -> {
                // Events yet to be invented have no word in another API.
            }
        }
        out.flushTo(sink);
    }

    private void messageDelta(Map<String, JsonView> event) {
        usage.takeLast(event.get("usage"));
        var described = event.get("delta");
        var delta = described == null ? Map.<String, JsonView>of() : described.members();
        var reason = JsonView.text(delta, "stop_reason");
        if (!reason.isEmpty() && finish == null) {
            finishWith(StopReasons.finishReason(reason), delta);
        }
    }

    /** Ends a message that has not ended before. */
    final void finishWith(String reason, Map<String, JsonView> delta) {
        finish = reason;
        finished(reason, delta);
    }

    /** The place of the block that an event is about. */
    static long index(Map<String, JsonView> event) {
        var index = event.get("index");
        return index == null ? 0 : index.number();
    }

    @Override
    final boolean answered() {
        return finish != null;
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
