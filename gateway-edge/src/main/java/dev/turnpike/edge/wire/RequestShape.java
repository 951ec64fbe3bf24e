package dev.turnpike.edge.wire;

import org.jspecify.annotations.Nullable;

/** Which OpenAI-shaped body a route takes. */
public enum RequestShape {
    CHAT("messages"),
    COMPLETIONS("prompt"),
    EMBEDDINGS("input"),
    RESPONSES("input"),
    /** A JSON body of which only the model is known. */
    OTHER(null);

    private final @Nullable String promptName;

    RequestShape(@Nullable String promptName) {
        this.promptName = promptName;
    }

    /** The member that holds what the model is to read; required where there is one. */
    @Nullable String promptName() {
        return promptName;
    }
}
