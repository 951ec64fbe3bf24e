package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.WholeAnswer;
import dev.turnpike.edge.wire.anthropic.MessageStreamToChunks;
import dev.turnpike.edge.wire.anthropic.MessageToCompletion;
import dev.turnpike.edge.wire.anthropic.MessageView;
import dev.turnpike.edge.wire.anthropic.Translation;
import dev.turnpike.schemas.control.Target;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A chat completion asked of a target that speaks Anthropic's API. */
record ChatOnMessagesForm(Target target, ChatRequest request, Translation translation)
        implements TargetForm {
    @Override
    public String path() {
        return MessagesProtocol.PATH;
    }

    @Override
    public List<Header> headers() {
        return AnthropicTarget.headers(target, _ -> Optional.empty(), request.stream());
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
        return new MessageStreamToChunks(shown(view), meter, estimate, nanoTime);
    }

    @Override
    public WholeAnswer whole(byte[] body, AnswerView view, OutputMeter meter)
            throws JsonFaultException {
        return MessageToCompletion.read(body, shown(view), meter);
    }

    private MessageView shown(AnswerView view) {
        return new MessageView(
                view.publicModel(),
                view.targetModel(),
                view.requestId(),
                view.createdSeconds(),
                request.wantsUsage());
    }
}
