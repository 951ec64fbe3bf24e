package dev.turnpike.edge.protocol;

import dev.turnpike.schemas.control.Provider;
import java.nio.charset.StandardCharsets;

/** The routes that say how many tokens a request would have. */
public enum Counting {
    /** Of Anthropic's API. */
    MESSAGES(MessagesProtocol.counting(), MessagesProtocol.COUNT_PATH, Provider.ANTHROPIC, ""),
    /** Of OpenAI's responses. */
    RESPONSES(
            new OpenAiProtocol(OpenAiRoute.INPUT_TOKENS),
            OpenAiRoute.INPUT_TOKENS.path(),
            Provider.OPENAI,
            "\"object\":\"response.input_tokens\",");

    private final Protocol protocol;
    private final String path;
    private final Provider counter;
    private final String named;

    Counting(Protocol protocol, String path, Provider counter, String named) {
        this.protocol = protocol;
        this.path = path;
        this.counter = counter;
        this.named = named;
    }

    /** Reads requests of the route. */
    public Protocol protocol() {
        return protocol;
    }

    /** The path behind {@code /v1}. */
    public String path() {
        return path;
    }

    /** Whether targets of {@code provider} have this route. */
    public boolean countedBy(Provider provider) {
        return provider == counter;
    }

    /** The answer of the route for an estimate of {@code tokens}. */
    public byte[] answer(long tokens) {
        return ("{" + named + "\"input_tokens\":" + tokens + "}")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
