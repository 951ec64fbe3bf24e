package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.wire.BodyPatch;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.ChatJsonReply;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.ChatStreamRelay;
import dev.turnpike.edge.wire.ChatStreamRelay.StreamView;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A request of one of OpenAI's routes to a target that has the same route. */
record OpenAiForm(OpenAiRoute route, ChatRequest request, TargetTerms terms) implements TargetForm {
    private static final Header JSON = new Header("content-type", "application/json");
    private static final List<Header> WHOLE =
            List.of(JSON, new Header("accept", "application/json"));
    private static final List<Header> STREAM =
            List.of(JSON, new Header("accept", "text/event-stream"));

    @Override
    public String path() {
        return route.path();
    }

    @Override
    public List<Header> headers() {
        return request.stream() ? STREAM : WHOLE;
    }

    @Override
    public List<ByteSlice> body() {
        return new BodyPatch(terms.model(), terms.usageInStream(), terms.forwardMetadata())
                .apply(request);
    }

    @Override
    public StreamRelay stream(
            AnswerView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        boolean text = route == OpenAiRoute.COMPLETIONS;
        var shown =
                new StreamView(
                        view.publicModel(),
                        view.targetModel(),
                        request.wantsUsage(),
                        text,
                        (text ? "cmpl-" : "chatcmpl-") + view.requestId(),
                        view.createdSeconds());
        return new ChatStreamRelay(shown, meter, estimate, nanoTime);
    }

    @Override
    public WholeAnswer whole(byte[] body, AnswerView view, OutputMeter meter)
            throws JsonFaultException {
        return ChatJsonReply.read(body, 0, body.length, view.publicModel(), meter);
    }
}
