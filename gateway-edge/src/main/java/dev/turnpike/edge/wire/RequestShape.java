package dev.turnpike.edge.wire;

import org.jspecify.annotations.Nullable;

/** Which OpenAI-shaped body a route takes. */
public enum RequestShape {
    CHAT("messages", true, true),
    /** Anthropic's, with a system prompt beside the messages. */
    MESSAGES("messages", true, true),
    COMPLETIONS("prompt", true, true),
    EMBEDDINGS("input", true, false),
    /** The prompt may also come from a stored template or a response before. */
    RESPONSES("input", false, true),
    /** A JSON body of which only the model is known. */
    OTHER(null, false, false);

    private final @Nullable String promptName;
    private final boolean promptRequired;
    private final boolean generates;

    RequestShape(@Nullable String promptName, boolean promptRequired, boolean generates) {
        this.promptName = promptName;
        this.promptRequired = promptRequired;
        this.generates = generates;
    }

    /** Whether what the model is to read comes as a list of messages and as nothing else. */
    boolean listsMessages() {
        return this == CHAT || this == MESSAGES;
    }

    /** The member that holds what the model is to read. */
    @Nullable String promptName() {
        return promptName;
    }

    /** Whether a request without its prompt is refused. */
    boolean promptRequired() {
        return promptRequired;
    }

    /** Whether the answer is text that costs output tokens. */
    boolean generates() {
        return generates;
    }

    /** Whether tokens can be estimated where the provider reports none. */
    boolean countable() {
        return promptName != null;
    }
}
