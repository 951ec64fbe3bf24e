package dev.turnpike.launcher.up;

import dev.turnpike.launcher.settings.ProcessConfig;
import dev.turnpike.runtime.secret.MasterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** The data directory of a process and the master key that may lie in it. */
final class Installation {
    /** The master key's file, unless the key is given by a setting. */
    static final String MASTER_KEY_FILE = "master.key";

    /** Where the embedded broker lives. */
    static final String BROKER_DIRECTORY = "kafka";

    private Installation() {}

    /**
     * Makes the directory, for the owner only, unless it exists.
     *
     * @throws StartException if it cannot be made or written
     */
    static Path prepare(Path directory) {
        var path = directory.toAbsolutePath().normalize();
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try {
            if (Files.notExists(path)) {
                var parent = path.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.createDirectory(path, owner);
            }
        } catch (IOException e) {
            throw new StartException(
                    "data directory %s cannot be made: %s (--data-dir)".formatted(path, e), e);
        }
        if (!Files.isDirectory(path) || !Files.isWritable(path)) {
            throw new StartException(
                    "data directory %s is not a directory that can be written (--data-dir)"
                            .formatted(path));
        }
        return path;
    }

    /**
     * The given master key, or the one in {@code directory}, made at the first start.
     *
     * @throws StartException if it cannot be read or made
     */
    static MasterKey masterKey(ProcessConfig config, Path directory) {
        if (config.masterKey().isPresent()) {
            return config.masterKey().get();
        }
        try {
            return MasterKey.loadOrCreate(directory.resolve(MASTER_KEY_FILE), new SecureRandom());
        } catch (IOException e) {
            throw new StartException("master key: " + e.getMessage(), e);
        }
    }
}
