package dev.turnpike.edge.wire;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client is to see of an answer that came whole.
 *
 * @param publicModel the model's public name
 * @param targetModel the model's name at the upstream, which is taken out of error messages
 * @param head filled in where the upstream left it out
 * @param base64Vectors whether the client asked for vectors in base64, which not every upstream
 *     knows
 * @param responseIds gives the identity under which a client knows a stored response; null where
 *     identities pass
 */
public record ReplyView(
        String publicModel,
        String targetModel,
        AnswerHead head,
        boolean base64Vectors,
        @Nullable UnaryOperator<String> responseIds,
        boolean genericErrors) {
    /** An answer of which only the model's name is changed. */
    public static ReplyView of(String publicModel, String targetModel) {
        return new ReplyView(publicModel, targetModel, AnswerHead.NONE, false, null, false);
    }
}
