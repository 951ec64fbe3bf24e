package dev.turnpike.edge.wire;

/** Why a stream that had begun did not end well. */
public sealed interface StreamFailure {
    /** The upstream said so in the stream. */
    record Reported(UpstreamError error) implements StreamFailure {}

    /** The upstream sent something that is no chunk. */
    record Malformed(String reason) implements StreamFailure {}

    /** An event larger than allowed. */
    record TooLarge() implements StreamFailure {}

    /** The stream ended before the answer did. */
    record Truncated() implements StreamFailure {}

    /** Ended on this side: a deadline, a broken connection, a limit. */
    record Aborted(ErrorBody shown) implements StreamFailure {}

    /** What the client is told, inside the stream. */
    default ErrorBody toErrorBody() {
        return switch (this) {
            case Reported(var error) -> error.body();
            case Aborted(var shown) -> shown;
            case Malformed _, TooLarge _ -> upstream("the provider sent an unreadable answer");
            case Truncated _ -> upstream("the provider ended the answer early");
        };
    }

    private static ErrorBody upstream(String message) {
        return new ErrorBody(message, ErrorBody.UPSTREAM, null, "bad_gateway", null);
    }
}
