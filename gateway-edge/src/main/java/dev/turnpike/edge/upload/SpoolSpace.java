package dev.turnpike.edge.upload;

import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk that uploads may take, all together. Its files lose their names as soon as they are
 * open, so that nothing is left of them when the process ends, however it ends; what a system that
 * cannot do so has left is deleted at the next start. Thread-safe.
 */
public final class SpoolSpace {
    /** Room where nothing else is said, in bytes. */
    public static final long BYTES_DEFAULT = 4L << 30;

    private static final Duration COME_AGAIN = Duration.ofSeconds(1);
    private static final Logger LOGGER = LoggerFactory.getLogger(SpoolSpace.class);
    private static final Set<StandardOpenOption> OPTIONS =
            EnumSet.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);

    private final Path directory;
    private final AtomicLong left;
    private final long bytesMax;
    private final AtomicLong opened = new AtomicLong();

    /**
     * @param directory for these files alone; made when it is not there, emptied when it is
     * @param bytesMax room for all of them together
     */
    public SpoolSpace(Path directory, long bytesMax) {
        this.directory = directory;
        this.left = new AtomicLong(bytesMax);
        this.bytesMax = bytesMax;
        try {
            Files.createDirectories(directory);
            try (var before = Files.list(directory)) {
                for (var file : before.toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + directory, e);
        }
    }

    /** Bytes that are kept now. */
    public long taken() {
        return bytesMax - left.get();
    }

    /** An empty file; close it to be rid of it. */
    Spool open() {
        var file = directory.resolve("upload-" + opened.incrementAndGet());
        try {
            return new Spool(FileChannel.open(file, OPTIONS), this);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /**
     * @throws dev.turnpike.runtime.problem.ProblemException {@code OVERLOADED} if there is no room
     */
    void take(long bytes) {
        if (left.addAndGet(-bytes) < 0) {
            left.addAndGet(bytes);
            throw Problem.of(ErrorCode.OVERLOADED, "Too many large uploads at once")
                    .withRetryAfter(COME_AGAIN)
                    .asException();
        }
    }

    void give(long bytes) {
        left.addAndGet(bytes);
    }

    static RuntimeException unusable(IOException cause) {
        LOGGER.atError().setCause(cause).log("uploads cannot be kept on disk");
        return Problem.of(ErrorCode.UNAVAILABLE, "Uploads cannot be kept right now")
                .asException(cause);
    }
}
