package dev.turnpike.edge.wire;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client is to see of an answer that came whole.
 *
 * @param publicModel the model's public name
 * @param targetModel the model's name at the upstream, which is taken out of error messages
 * @param base64Vectors whether the client asked for vectors in base64, which not every upstream
 *     knows
 * @param responseIds gives the identity under which a client knows a stored response; null where
 *     identities pass
 */
public record ReplyView(
        String publicModel,
        String targetModel,
        boolean base64Vectors,
        @Nullable UnaryOperator<String> responseIds,
        boolean genericErrors) {
    /** With the provider's words, cleaned, where they help. */
    public ReplyView(
            String publicModel,
            String targetModel,
            boolean base64Vectors,
            @Nullable UnaryOperator<String> responseIds) {
        this(publicModel, targetModel, base64Vectors, responseIds, false);
    }

    /** An answer of which only the model's name is changed. */
    public static ReplyView of(String publicModel, String targetModel) {
        return new ReplyView(publicModel, targetModel, false, null);
    }
}
