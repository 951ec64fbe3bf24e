package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.upstream.ResponseHeaders;
import dev.turnpike.edge.upstream.UpstreamCall;
import dev.turnpike.edge.upstream.UpstreamFault;
import dev.turnpike.edge.upstream.UpstreamFaultException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An upstream that says some pieces, one a read, and then ends, or breaks. */
final class PlayedUpstream implements UpstreamCall {
    private final ResponseHeaders headers;
    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private final @Nullable UpstreamFault fault;

    /** Runs before each read. */
    Runnable onRead = () -> {};

    /** What it says of its body's length; -1 when it says nothing. */
    long announced = -1;

    /** Where the last piece was put. */
    byte @Nullable [] lastRead;

    PlayedUpstream(String contentType, List<String> texts, @Nullable UpstreamFault fault) {
        this.headers = ResponseHeaders.of("content-type", contentType);
        this.fault = fault;
        texts.forEach(text -> pieces.add(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public int status() {
        return 200;
    }

    @Override
    public ResponseHeaders headers() {
        return headers;
    }

    @Override
    public long bytesLeft() {
        return announced;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws UpstreamFaultException {
        onRead.run();
        lastRead = buffer;
        var piece = pieces.poll();
        if (piece == null) {
            if (fault != null) {
                throw new UpstreamFaultException(fault);
            }
            return -1;
        }
        int count = Math.min(length, piece.length);
        System.arraycopy(piece, 0, buffer, offset, count);
        if (count < piece.length) {
            pieces.addFirst(Arrays.copyOfRange(piece, count, piece.length));
        }
        return count;
    }

    @Override
    public int read(byte[] buffer, int offset, int length, Duration slice)
            throws UpstreamFaultException {
        return read(buffer, offset, length);
    }

    @Override
    public boolean bodyComplete() {
        return pieces.isEmpty() && fault == null;
    }

    @Override
    public boolean drain(Duration patience) {
        return bodyComplete();
    }

    @Override
    public void close() {}
}
