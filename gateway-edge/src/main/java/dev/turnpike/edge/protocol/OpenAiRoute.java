package dev.turnpike.edge.protocol;

import dev.turnpike.edge.wire.RequestShape;

/** The routes of OpenAI's API whose bodies are JSON and whose answers report usage. */
public enum OpenAiRoute {
    CHAT("chat", "/chat/completions", RequestShape.CHAT),
    COMPLETIONS("text_completion", "/completions", RequestShape.COMPLETIONS);

    private final String operation;
    private final String path;
    private final RequestShape shape;

    OpenAiRoute(String operation, String path, RequestShape shape) {
        this.operation = operation;
        this.path = path;
        this.shape = shape;
    }

    /** OpenTelemetry's {@code gen_ai.operation.name}. */
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
}
