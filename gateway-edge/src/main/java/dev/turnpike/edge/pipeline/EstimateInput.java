package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.schemas.control.Group;

/** Estimates the prompt tokens of a request before anybody has counted them. */
@FunctionalInterface
public interface EstimateInput {
    /**
     * @param group whose limits decide how exact the estimate has to be
     */
    long apply(ChatRequest chat, Group group, String slug);
}
