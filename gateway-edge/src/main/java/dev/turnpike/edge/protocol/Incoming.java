package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upload.Upload;
import org.jspecify.annotations.Nullable;

/**
 * What a protocol sees of a client's request.
 *
 * @param content its body, in the form that the protocol {@linkplain Protocol#takesFiles asks for}
 * @param headers of the client; its credentials must not be passed on
 * @param query the part of the URL behind the question mark, still encoded; empty when there is
 *     none
 * @param pathModel the model that the URL names, which then counts instead of the body's
 */
public record Incoming(
        IncomingBody content, RequestHeaders headers, String query, @Nullable String pathModel) {
    /**
     * The body of a protocol that takes no files; shared, and must not change.
     *
     * @throws IllegalStateException if it was not read whole
     */
    byte[] body() {
        return switch (content) {
            case IncomingBody.Whole(var bytes) -> bytes;
            case IncomingBody.Files _ -> throw new IllegalStateException("the body is not read");
        };
    }

    /**
     * The body of a protocol that takes files.
     *
     * @throws IllegalStateException if it was read whole
     */
    Upload upload() {
        return switch (content) {
            case IncomingBody.Files(var upload) -> upload;
            case IncomingBody.Whole _ -> throw new IllegalStateException("the body is read whole");
        };
    }

    /** The body's length only: the bytes may be a prompt. */
    @Override
    public String toString() {
        return "Incoming[" + content + "]";
    }
}
