package dev.turnpike.edge.protocol;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.ChatRequestReader;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;

/** One of OpenAI's own routes, spoken to targets as the client spoke it. */
public final class OpenAiProtocol implements Protocol {
    private final OpenAiRoute route;

    public OpenAiProtocol(OpenAiRoute route) {
        this.route = route;
    }

    @Override
    public String operation() {
        return route.operation();
    }

    @Override
    public Asked read(Incoming incoming) throws BodyFaultException {
        var body = incoming.body();
        var read =
                ChatRequestReader.read(body, 0, body.length, route.shape(), incoming.pathModel());
        return new OpenAiAsked(route, read);
    }

    private record OpenAiAsked(OpenAiRoute route, ChatRequest request) implements Asked {
        @Override
        public TargetForm form(Target target, TargetTerms terms) throws BodyFaultException {
            return target.provider() == Provider.ANTHROPIC
                    ? messages(target, terms)
                    : OpenAiForm.of(route, request, terms);
        }

        private TargetForm messages(Target target, TargetTerms terms) throws BodyFaultException {
            return switch (route) {
                case CHAT -> TranslatedForm.chatOnMessages(target, request, terms.model());
                case COMPLETIONS -> TranslatedForm.textOnMessages(target, request, terms.model());
                case RESPONSES -> TranslatedForm.responseOnMessages(target, request, terms.model());
                case EMBEDDINGS,
                        COMPACT,
                        INPUT_TOKENS,
                        FILL_IN,
                        MODERATIONS,
                        RERANK,
                        SPEECH,
                        IMAGES,
                        IMAGE_EDITS ->
                        throw new BodyFaultException(
                                BodyFaultException.Reason.UNSUPPORTED_VALUE,
                                "model",
                                "this model does not answer on this route");
            };
        }
    }
}
