package dev.turnpike.edge.wire;

import java.util.Optional;

/**
 * How a stream ended, and the bytes that remain to be sent to the client once that has been
 * recorded.
 *
 * @param failure empty when the answer is whole
 * @param usage what the upstream reported, else the estimate
 * @param estimated whether {@code usage} is the estimate
 * @param finishReason the last one sent
 * @param tail the last bytes for the client: usage chunk and {@code [DONE]}, or the error event
 */
public record StreamEnd(
        Optional<StreamFailure> failure,
        RawUsage usage,
        boolean estimated,
        Optional<String> finishReason,
        ByteSlice tail) {
    public boolean whole() {
        return failure.isEmpty();
    }
}
