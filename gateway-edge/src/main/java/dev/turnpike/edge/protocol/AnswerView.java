package dev.turnpike.edge.protocol;

import dev.turnpike.edge.wire.AnswerHead;
import dev.turnpike.edge.wire.anthropic.MessageView;

/**
 * What an answer shows of the gateway instead of the target.
 *
 * @param publicModel the model's public name
 * @param targetModel the model's name at the target, which no client sees
 * @param requestId identifies the answer where the target gave it no identity
 * @param createdSeconds used where the target sent no time, in seconds since 1970
 * @param genericErrors whether errors are told in our own words only
 */
public record AnswerView(
        String publicModel,
        String targetModel,
        String requestId,
        long createdSeconds,
        boolean genericErrors) {
    /** With the provider's words, cleaned, where they help. */
    public AnswerView(
            String publicModel, String targetModel, String requestId, long createdSeconds) {
        this(publicModel, targetModel, requestId, createdSeconds, false);
    }

    /** What an answer of OpenAI's API says of itself where the target did not. */
    AnswerHead head(AnswerHead.Kind kind) {
        return new AnswerHead(kind, requestId, createdSeconds);
    }

    /**
     * The same for an answer of Anthropic's API.
     *
     * @param wantsUsage whether a stream of chunks ends with its usage
     */
    MessageView ofMessage(boolean wantsUsage) {
        return new MessageView(
                publicModel, targetModel, requestId, createdSeconds, wantsUsage, genericErrors);
    }
}
