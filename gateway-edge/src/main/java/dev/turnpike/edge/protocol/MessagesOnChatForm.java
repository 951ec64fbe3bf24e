package dev.turnpike.edge.protocol;

import dev.turnpike.edge.estimate.StreamingEstimator;
import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.WholeAnswer;
import dev.turnpike.edge.wire.anthropic.ChunksToMessageStream;
import dev.turnpike.edge.wire.anthropic.CompletionToMessage;
import dev.turnpike.edge.wire.anthropic.MessageView;
import dev.turnpike.edge.wire.anthropic.Translation;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A request of Anthropic's API asked of a target that speaks OpenAI's. */
record MessagesOnChatForm(ChatRequest request, Translation translation) implements TargetForm {
    private static final int PROMPT_BYTES_PER_TOKEN = 4;

    @Override
    public String path() {
        return OpenAiRoute.CHAT.path();
    }

    @Override
    public List<Header> headers() {
        return List.of(
                new Header("content-type", "application/json"),
                new Header("accept", request.stream() ? "text/event-stream" : "application/json"));
    }

    @Override
    public UpstreamBody body() {
        return UpstreamBody.of(List.of(translation.body()));
    }

    @Override
    public List<String> ignored() {
        return translation.ignored();
    }

    @Override
    public StreamRelay stream(
            AnswerView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        return new ChunksToMessageStream(shown(view), meter, estimate, nanoTime);
    }

    @Override
    public WholeAnswer whole(byte[] body, AnswerView view, OutputMeter meter)
            throws JsonFaultException {
        var output = new StreamingEstimator();
        OutputMeter both =
                (json, from, to) -> {
                    meter.onText(json, from, to);
                    output.onText(json, from, to);
                };
        long prompt = Math.ceilDiv(request.promptBytes(), PROMPT_BYTES_PER_TOKEN);
        return CompletionToMessage.read(
                body,
                shown(view),
                both,
                () -> new RawUsage(prompt, 0, 0, output.tokens(), 0, false));
    }

    private static MessageView shown(AnswerView view) {
        return new MessageView(
                view.publicModel(),
                view.targetModel(),
                view.requestId(),
                view.createdSeconds(),
                true);
    }
}
