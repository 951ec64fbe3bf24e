package dev.turnpike.edge.wire;

import org.jspecify.annotations.Nullable;

/**
 * What an answer says of itself where the upstream left it out.
 *
 * @param kind which members an answer of this route must have
 * @param requestId becomes the end of its id
 * @param createdSeconds when it began, in seconds since 1970
 */
public record AnswerHead(Kind kind, String requestId, long createdSeconds) {
    /** An answer of which no client expects more than the upstream sent. */
    public static final AnswerHead NONE = new AnswerHead(Kind.OTHER, "", 0);

    /** Kinds of answers by what clients need to find in them. */
    public enum Kind {
        CHAT("chat.completion", "chatcmpl-", "created"),
        CHAT_CHUNK("chat.completion.chunk", "chatcmpl-", "created"),
        /** Of the legacy route: whole answers and chunks are called the same. */
        TEXT("text_completion", "cmpl-", "created"),
        VECTORS("list", null, null),
        RESPONSE("response", "resp_", "created_at"),
        OTHER(null, null, null);

        final @Nullable String object;
        final @Nullable String idStart;
        final @Nullable String createdName;

        Kind(@Nullable String object, @Nullable String idStart, @Nullable String createdName) {
            this.object = object;
            this.idStart = idStart;
            this.createdName = createdName;
        }
    }
}
