package dev.turnpike.edge.http;

import dev.turnpike.edge.wire.ByteSource;
import dev.turnpike.runtime.http.RequestBody;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The bytes of one upload, no more and no longer than is allowed. One thread. */
final class UploadBytes implements ByteSource {
    /**
     * How long an upload may take from its first byte to its last. It leaves a minute of the time
     * in which a target must have answered.
     */
    static final Duration TIME_MAX = Duration.ofMinutes(9);

    private final RequestBody body;
    private final long bytesMax;
    private final LongSupplier nanoTime;
    private final long began;
    private long come;

    /**
     * @param nanoTime like {@link System#nanoTime}
     */
    UploadBytes(RequestBody body, long bytesMax, LongSupplier nanoTime) {
        this.body = body;
        this.bytesMax = bytesMax;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = body.read(buffer, offset, length);
        come += Math.max(0, count);
        if (come > bytesMax) {
            throw BodyMemory.tooLarge();
        }
        if (nanoTime.getAsLong() - began > TIME_MAX.toNanos()) {
            throw Problem.of(ErrorCode.REQUEST_TIMEOUT, "The upload took too long").asException();
        }
        return count;
    }
}
