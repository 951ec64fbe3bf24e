package dev.turnpike.edge.protocol;

import dev.turnpike.edge.wire.RequestShape;

/** The routes of OpenAI's API, and of those who extended it, whose bodies are JSON. */
public enum OpenAiRoute {
    CHAT("chat", "/chat/completions", RequestShape.CHAT),
    COMPLETIONS("text_completion", "/completions", RequestShape.COMPLETIONS),
    EMBEDDINGS("embeddings", "/embeddings", RequestShape.EMBEDDINGS),
    RESPONSES("responses", "/responses", RequestShape.RESPONSES),
    COMPACT("response_compaction", "/responses/compact", RequestShape.RESPONSES),
    INPUT_TOKENS("responses", "/responses/input_tokens", RequestShape.RESPONSES),
    FILL_IN("text_completion", "/fim/completions", RequestShape.COMPLETIONS),
    MODERATIONS("moderations", "/moderations", RequestShape.OTHER),
    RERANK("rerank", "/rerank", RequestShape.OTHER),
    SPEECH("audio_speech", "/audio/speech", RequestShape.OTHER),
    IMAGES("image_generation", "/images/generations", RequestShape.OTHER),
    IMAGE_EDITS("image_edit", "/images/edits", RequestShape.OTHER);

    private final String operation;
    private final String path;
    private final RequestShape shape;

    OpenAiRoute(String operation, String path, RequestShape shape) {
        this.operation = operation;
        this.path = path;
        this.shape = shape;
    }

    /** OpenTelemetry's {@code gen_ai.operation.name}, where it has one. */
    public String operation() {
        return operation;
    }

    /** The path behind {@code /v1}, the same here and at an OpenAI-shaped target. */
    public String path() {
        return path;
    }

    RequestShape shape() {
        return shape;
    }

    /** Whether answers may be event streams. */
    boolean streams() {
        return switch (this) {
            case CHAT, COMPLETIONS, RESPONSES, FILL_IN, SPEECH, IMAGES, IMAGE_EDITS -> true;
            case COMPACT, INPUT_TOKENS, EMBEDDINGS, MODERATIONS, RERANK -> false;
        };
    }

    /** Whether requests may continue what a target has stored. */
    boolean continues() {
        return this == RESPONSES || this == COMPACT || this == INPUT_TOKENS;
    }

    /** Whether a model answers; the rest only counts. */
    public boolean answers() {
        return this != INPUT_TOKENS;
    }

    /** Whether answers may be no JSON at all: speech, say. */
    boolean media() {
        return this == SPEECH || this == IMAGES || this == IMAGE_EDITS;
    }
}
