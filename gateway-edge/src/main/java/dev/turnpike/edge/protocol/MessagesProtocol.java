package dev.turnpike.edge.protocol;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.BodyFaultException.Reason;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.ChatRequestReader;
import dev.turnpike.edge.wire.ModelRequest;
import dev.turnpike.edge.wire.RequestShape;
import dev.turnpike.schemas.control.Target;
import java.util.regex.Pattern;

/**
 * Anthropic's Messages API, spoken as it is to targets that speak it and translated for the rest.
 */
public final class MessagesProtocol implements Protocol {
    /** The path behind {@code /v1}. */
    public static final String PATH = "/messages";

    /** The path of the route that counts tokens. */
    public static final String COUNT_PATH = PATH + "/count_tokens";

    /** It goes on to targets, which must not be blamed for what no request can hold. */
    private static final Pattern QUERY =
            Pattern.compile("[A-Za-z0-9._~!$&'()*+,;=:@/?%\\-]{0,2048}");

    private final String path;
    private final boolean answers;

    private MessagesProtocol(String path, boolean answers) {
        this.path = path;
        this.answers = answers;
    }

    /** Messages that a model answers. */
    public static MessagesProtocol messages() {
        return new MessagesProtocol(PATH, true);
    }

    /** Messages of which only the tokens are counted. */
    public static MessagesProtocol counting() {
        return new MessagesProtocol(COUNT_PATH, false);
    }

    @Override
    public String operation() {
        return OpenAiRoute.CHAT.operation();
    }

    @Override
    public Dialect dialect() {
        return Dialect.ANTHROPIC;
    }

    @Override
    public Asked read(Incoming incoming) throws BodyFaultException {
        if (!QUERY.matcher(incoming.query()).matches()) {
            throw new BodyFaultException(
                    Reason.INVALID_REQUEST, null, "the query of the URL is malformed or too long");
        }
        var body = incoming.body();
        var read =
                ChatRequestReader.read(
                        body, 0, body.length, RequestShape.MESSAGES, incoming.pathModel());
        if (answers && read.maxTokens().isEmpty()) {
            throw new BodyFaultException(
                    Reason.MISSING_REQUIRED_PARAMETER,
                    "max_tokens",
                    "you must provide 'max_tokens'");
        }
        return new MessagesAsked(path, incoming, read);
    }

    private record MessagesAsked(String path, Incoming incoming, ChatRequest chat)
            implements Asked {
        @Override
        public ModelRequest request() {
            return chat;
        }

        @Override
        public TargetForm form(Target target, TargetTerms terms) throws BodyFaultException {
            return switch (target.provider()) {
                case ANTHROPIC -> new MessagesForm(path, target, incoming, chat, terms.model());
                case OPENAI, OPENAI_COMPATIBLE, BASETEN, BASETEN_MODEL_API, VERTEX, DEMO ->
                        TranslatedForm.messagesOnChat(target.provider(), chat, terms);
            };
        }
    }
}
