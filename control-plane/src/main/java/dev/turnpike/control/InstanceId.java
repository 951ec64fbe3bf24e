package dev.turnpike.control;

import dev.turnpike.runtime.lifecycle.IdSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The name of this replica, the same after every restart. */
final class InstanceId {
    private static final String FILE = "instance-id";

    private InstanceId() {}

    /**
     * The name kept in {@code directory}, drawn at the first start.
     *
     * @throws UncheckedIOException if the directory cannot be read or written
     */
    static String keptIn(Path directory, IdSource ids) {
        var file = directory.resolve(FILE);
        try {
            if (Files.exists(file)) {
                var kept = Files.readString(file).strip();
                if (!kept.isEmpty()) {
                    return kept;
                }
            }
            Files.createDirectories(directory);
            var drawn = "control-" + ids.next();
            var written = Files.writeString(directory.resolve(FILE + ".new"), drawn);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            return drawn;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
