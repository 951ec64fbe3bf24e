package dev.turnpike.launcher.broker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The broker's directory while this process owns it. The lock is the operating system's: it ends
 * with the process, however the process ends, and a left-over lock file means nothing.
 */
final class DataDirectory implements AutoCloseable {
    /** Below this much free space Kafka would fail in the middle of creating its topics. */
    static final long FREE_BYTES_MIN = 256L << 20;

    private final Path path;
    private final FileLock lock;

    private DataDirectory(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Creates the directory when absent and takes it.
     *
     * @throws BrokerStartException if it cannot be written, is nearly full, or is in use
     */
    static DataDirectory open(Path path) {
        try {
            Files.createDirectories(path);
            requireSpace(path, Files.getFileStore(path).getUsableSpace());
            return new DataDirectory(path, lock(path));
        } catch (IOException e) {
            throw new BrokerStartException(
                    "data directory " + path + " cannot be written: " + e.getMessage(), e);
        }
    }

    static void requireSpace(Path path, long freeBytes) {
        if (freeBytes < FREE_BYTES_MIN) {
            throw new BrokerStartException(
                    "disk full: data directory %s has %d MiB free, needs %d MiB to start"
                            .formatted(path, freeBytes >> 20, FREE_BYTES_MIN >> 20));
        }
    }

    private static FileLock lock(Path path) throws IOException {
        var file = path.resolve("broker.lock");
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            var lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException thisProcess) {
            // Reported below, like a lock of another process.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new BrokerStartException(
                "data directory " + path + " is in use by another running broker");
    }

    Path path() {
        return path;
    }

    /** Where Kafka keeps its segments and metadata. */
    Path log() {
        return path.resolve("log");
    }

    @Override
    public void close() {
        try {
            lock.acquiredBy().close(); // Releases the lock with it.
        } catch (IOException e) {
            throw new IllegalStateException("lock of " + path + " cannot be released", e);
        }
    }
}
