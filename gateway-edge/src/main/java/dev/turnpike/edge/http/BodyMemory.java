package dev.turnpike.edge.http;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that the bodies of all running requests take together. Who finds no room is
 * told to come again, rather than everybody running out of memory. Thread-safe.
 */
public final class BodyMemory {
    /** Room for all bodies where nothing else is said. */
    public static final long BYTES_DEFAULT = 256L << 20;

    /** Longest body, in bytes, for which room is made before it has come. */
    private static final int BELIEVED_MAX = 64 << 10;

    private static final Duration COME_AGAIN = Duration.ofSeconds(1);

    private final AtomicLong left;
    private final long bytesMax;
    private final long bodyBytesMax;

    /**
     * @param bytes room for all bodies together
     * @param bodyBytesMax longest body that is read whole
     */
    public BodyMemory(long bytes, long bodyBytesMax) {
        left = new AtomicLong(bytes);
        bytesMax = bytes;
        this.bodyBytesMax = bodyBytesMax;
    }

    /** Bytes that are set aside now. */
    public long taken() {
        return bytesMax - left.get();
    }

    /** The room of one body; give it back by closing it. One thread. */
    Room room() {
        return new Room();
    }

    static ProblemException tooLarge() {
        return Problem.of(ErrorCode.REQUEST_TOO_LARGE, "The body is too large").asException();
    }

    /** The memory one body takes. */
    final class Room implements AutoCloseable {
        private long taken;

        private Room() {}

        /**
         * Sets room aside for who reads a body as it comes.
         *
         * @throws dev.turnpike.runtime.problem.ProblemException {@code OVERLOADED} if there is none
         */
        void reserve(long bytes) {
            take(bytes);
        }

        /**
         * Reads a body whole.
         *
         * @param length what the client says of its length; {@code Long.MAX_VALUE} for nothing
         * @throws dev.turnpike.runtime.problem.ProblemException {@code OVERLOADED} if there is no
         *     room, {@code REQUEST_TOO_LARGE} if the body is too long
         */
        byte[] read(InputStream in, long length) throws IOException {
            boolean told = length != Long.MAX_VALUE;
            if (told && length > bodyBytesMax) {
                throw tooLarge();
            }
            var body = readUpTo(in, Math.min(length, bodyBytesMax));
            if (!told && body.length == bodyBytesMax && in.read() >= 0) {
                throw tooLarge();
            }
            return body;
        }

        private byte[] readUpTo(InputStream in, long length) throws IOException {
            int believed = (int) Math.min(length, BELIEVED_MAX);
            take(believed);
            var body = new byte[believed];
            int filled = in.readNBytes(body, 0, believed);
            while (filled == body.length && filled < length) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                int more = (int) Math.min(Math.max(body.length, 1), length - filled);
                take(more); // What is copied from is garbage at once, and not counted.
                body = Arrays.copyOf(body, Math.addExact(filled, more));
                body[filled++] = (byte) next;
                filled += in.readNBytes(body, filled, body.length - filled);
            }
            return filled == body.length ? body : Arrays.copyOf(body, filled);
        }

        private void take(long bytes) {
            if (left.addAndGet(-bytes) < 0) {
                left.addAndGet(bytes);
                throw Problem.of(ErrorCode.OVERLOADED, "Too many large requests at once")
                        .withRetryAfter(COME_AGAIN)
                        .asException();
            }
            taken += bytes;
        }

        @Override
        public void close() {
            left.addAndGet(taken);
            taken = 0;
        }
    }
}
