package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.BodyPatch;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.WholeAnswer;
import dev.turnpike.edge.wire.anthropic.MessageJsonReply;
import dev.turnpike.edge.wire.anthropic.MessageStreamRelay;
import dev.turnpike.schemas.control.Target;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A request of Anthropic's API to a target that speaks it: the model is renamed, the rest goes as
 * it came, unknown members, betas and query included.
 */
record MessagesForm(
        String route, Target target, Incoming incoming, ChatRequest request, String model)
        implements TargetForm {
    @Override
    public String path() {
        return incoming.query().isEmpty() ? route : route + "?" + incoming.query();
    }

    @Override
    public List<Header> headers() {
        return AnthropicTarget.headers(target, incoming.headers(), request.stream());
    }

    @Override
    public UpstreamBody body() {
        return UpstreamBody.of(new BodyPatch(model, false, true, null).apply(request));
    }

    @Override
    public StreamRelay stream(
            AnswerView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        return new MessageStreamRelay(view.ofMessage(true), meter, estimate, nanoTime);
    }

    @Override
    public WholeAnswer whole(byte[] body, AnswerView view, OutputMeter meter)
            throws JsonFaultException {
        return MessageJsonReply.read(body, view.publicModel(), meter);
    }
}
