package dev.turnpike.edge.protocol;

/** Whose API a client speaks; errors and limit headers follow it, whatever key the client sent. */
public enum Dialect {
    OPENAI,
    ANTHROPIC
}
