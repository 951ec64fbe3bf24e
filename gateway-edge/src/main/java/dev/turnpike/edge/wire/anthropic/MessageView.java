package dev.turnpike.edge.wire.anthropic;

/**
 * What an answer shows of the gateway instead of the target.
 *
 * @param publicModel the model's public name
 * @param targetModel the model's name at the target, taken out of error messages
 * @param requestId identifies the answer where it gets no identity of the target's
 * @param createdSeconds when it began, in seconds since 1970
 * @param wantsUsage whether a client of chat completions asked for the usage chunk
 * @param genericErrors whether errors are told in our own words only
 */
public record MessageView(
        String publicModel,
        String targetModel,
        String requestId,
        long createdSeconds,
        boolean wantsUsage,
        boolean genericErrors) {
    /** With the provider's words, cleaned, where they help. */
    public MessageView(
            String publicModel,
            String targetModel,
            String requestId,
            long createdSeconds,
            boolean wantsUsage) {
        this(publicModel, targetModel, requestId, createdSeconds, wantsUsage, false);
    }
}
